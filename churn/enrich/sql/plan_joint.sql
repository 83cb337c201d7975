-- Step 5. Joint rarity within the day, which needs no past: names that share infrastructure and are alike in naming or
-- arrival too, more of them than chance explains.
CREATE TEMP TABLE plan_joint AS
WITH whole AS (
    SELECT count(*) AS names FROM plan_name
),
size AS (
    SELECT id, count(*) AS names FROM plan_today GROUP BY id HAVING count(*) >= 3
),
trait AS (
    SELECT domain, family, id, names FROM plan_today INNER JOIN size USING (id)
),
pair AS (
    SELECT
        place.id AS place_id,
        manner.id AS manner_id,
        count(*) AS together,
        any_value(place.names) * any_value(manner.names) / any_value(whole.names) AS chance
    FROM trait AS place
    INNER JOIN trait AS manner ON manner.domain = place.domain
    CROSS JOIN whole
    WHERE place.family = 'infrastructure' AND manner.family <> 'infrastructure'
    GROUP BY place.id, manner.id
    HAVING count(*) >= 3
)
SELECT
    hash(place_id, manner_id) AS id,
    place_id,
    manner_id,
    together,
    together * ln(together / chance) - (together - chance) AS nats
FROM pair
WHERE together > chance
