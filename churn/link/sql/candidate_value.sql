-- Step 2. Count every value. Two bounds follow from the joint test of step 3 and lose nothing: a value that one domain
-- has links nobody, and of a value that more than the share rho of the field's domains have, chance always explains
-- more than rho of any pair (of arrival days 0.25: a week has few of them). Hubs fall out here, by number and not by a list.
CREATE TABLE candidate_value AS
WITH field_total AS (
    SELECT field, count(DISTINCT id) AS domains FROM trait GROUP BY field
),
value_count AS (
    SELECT family, field, value, count(*) AS domains
    FROM trait
    GROUP BY family, field, value
    HAVING count(*) >= 2
)
SELECT
    row_number() OVER (ORDER BY value_count.field, value_count.value) AS value_id,
    value_count.family,
    value_count.field,
    value_count.value,
    value_count.domains,
    field_total.domains AS field_domains
FROM value_count
INNER JOIN field_total USING (field)
WHERE value_count.domains <= greatest(2, CASE value_count.family WHEN 'arrival' THEN 0.25 ELSE $rho END * field_total.domains)
