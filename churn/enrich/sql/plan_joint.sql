-- Step 5. Joint rarity within the day, which needs no past: names that share infrastructure and are alike in naming or
-- arrival too, more of them than chance explains.
CREATE TEMP TABLE plan_joint AS
WITH whole AS (
    SELECT count(*) AS names FROM plan_name
),
size AS (
    SELECT field, value, count(*) AS names FROM plan_today GROUP BY field, value HAVING count(*) >= 3
),
trait AS (
    SELECT plan_today.*, size.names FROM plan_today INNER JOIN size USING (field, value)
),
pair AS (
    SELECT
        place.field,
        place.value,
        manner.field AS manner,
        manner.value AS manner_value,
        count(*) AS together,
        any_value(place.names) * any_value(manner.names) / any_value(whole.names) AS chance
    FROM trait AS place
    INNER JOIN trait AS manner ON manner.domain = place.domain
    CROSS JOIN whole
    WHERE place.family = 'infrastructure' AND manner.family <> 'infrastructure'
    GROUP BY ALL
    HAVING count(*) >= 3
)
SELECT
    * EXCLUDE (chance),
    together * ln(together / chance) - (together - chance) AS nats
FROM pair
WHERE together > chance
