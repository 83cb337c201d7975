-- Step 2. Count every value of one field, each domain once: of how often it occurs (`occurring`) the rows of domains that were seen
-- again are taken out, since their values occur there once more. Where arrivals are placed, the window's counts
-- (`standing_value`) are added to those of at least $least; else that table is empty. Two bounds follow from the joint test of
-- step 3 and lose nothing: a value that two domains have is in no pair of three, and of a value that more than the share $most
-- of the field's domains have, chance always explains more than that share of any pair. Hubs fall out here, by number and not
-- by a list: they have no code.
WITH twice AS (
    SELECT value, count(*) AS seen FROM again_column_of WHERE value IS NOT NULL GROUP BY value
),
here AS (
    SELECT occurring.value, occurring.times - coalesce(twice.seen, 0) AS domains
    FROM occurring
    LEFT JOIN twice ON twice.value = occurring.value
    WHERE occurring.times - coalesce(twice.seen, 0) >= $least
),
standing AS (
    SELECT code, value, domains, field_domains FROM standing_value WHERE field = $field
),
total AS (
    SELECT
        coalesce((SELECT max(field_domains) FROM standing), 0)
        + (SELECT count(value) FROM column_of)
        - (SELECT count(value) FROM again_column_of)
        + (SELECT count(DISTINCT id) FROM again_value WHERE field = $field) AS domains
),
counted AS (
    SELECT
        here.value,
        standing.code AS standing_code,
        CAST(here.domains + coalesce(standing.domains, 0) AS BIGINT) AS domains,
        total.domains AS field_domains,
        here.domains + coalesce(standing.domains, 0) <= greatest(3, $most * total.domains) AS may_link
    FROM here
    CROSS JOIN total
    LEFT JOIN standing ON standing.value = here.value
    WHERE here.domains + coalesce(standing.domains, 0) >= 3
)
SELECT
    CASE WHEN may_link THEN CAST($after + row_number() OVER (PARTITION BY may_link ORDER BY value) AS INTEGER) END AS code,
    CAST($field AS SMALLINT) AS field,
    value,
    domains,
    field_domains,
    standing_code
FROM counted
