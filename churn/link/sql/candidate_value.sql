-- Step 2. The values of every field, each domain once: of how often a value occurs (`occurring_value`) the rows of domains that
-- were seen again are taken out, since their values occur there once more. Where arrivals are placed, the window's counts
-- (`standing_value`) are added to those of at least $least; else that table is empty. Two bounds follow from the joint test of
-- step 3 and lose nothing: a value that two domains have is in no pair of three, and of a value that more than the share `most`
-- of the field's domains have, chance always explains more than that share of any pair. Hubs fall out here, by number and not
-- by a list: they have no code. Codes are $codes times the field and the value's place.
WITH twice AS (
    SELECT field, value, sum(times) AS times FROM again_value GROUP BY field, value
),
here AS (
    SELECT
        occurring_value.part AS field,
        occurring_value.value,
        occurring_value.times - coalesce(twice.times, 0) AS domains
    FROM occurring_value
    LEFT JOIN twice ON twice.field = occurring_value.part AND twice.value = occurring_value.value
    WHERE occurring_value.value IS NOT NULL AND occurring_value.times - coalesce(twice.times, 0) >= $least
),
again_total AS (
    SELECT field, sum(times) + count(*) - count(DISTINCT id) AS too_many FROM again_value GROUP BY field
),
standing_total AS (
    SELECT field, max(field_domains) AS domains FROM standing_value GROUP BY field
),
total AS (
    SELECT
        field.field,
        field.most,
        coalesce(standing_total.domains, 0) + coalesce(occurring_value.times, 0) - coalesce(again_total.too_many, 0) AS domains
    FROM field
    LEFT JOIN occurring_value ON occurring_value.part = field.field AND occurring_value.value IS NULL
    LEFT JOIN again_total ON again_total.field = field.field
    LEFT JOIN standing_total ON standing_total.field = field.field
),
counted AS (
    SELECT
        here.field,
        here.value,
        standing_value.code AS standing_code,
        here.domains + coalesce(standing_value.domains, 0) AS domains,
        total.domains AS field_domains,
        here.domains + coalesce(standing_value.domains, 0) <= greatest(3, total.most * total.domains) AS may_link
    FROM here
    INNER JOIN total ON total.field = here.field
    LEFT JOIN standing_value ON standing_value.field = here.field AND standing_value.value = here.value
    WHERE here.domains + coalesce(standing_value.domains, 0) >= 3
)
SELECT
    CASE
        WHEN may_link
            THEN CAST(field * $codes + row_number() OVER (PARTITION BY field, may_link ORDER BY value) AS INTEGER)
    END AS code,
    field,
    value,
    CAST(domains AS BIGINT) AS domains,
    CAST(field_domains AS BIGINT) AS field_domains,
    standing_code
FROM counted
