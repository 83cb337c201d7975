-- Step 5. How many domains of the book have each value, how many of them are reported, since when; does it bring forward?
CREATE OR REPLACE TEMP TABLE value AS
SELECT
    wanted.code,
    wanted.field,
    field.family,
    any_value(wanted.value) AS value,
    count(*) AS domains,
    count(seed.id) AS reported,
    min(held.created_at) AS first_created_at,
    max(held.created_at) AS last_created_at,
    count(*) <= any_value(field.leads_up_to) AS leads
FROM wanted
INNER JOIN field ON field.name = wanted.field
INNER JOIN held USING (code)
LEFT JOIN seed USING (id)
GROUP BY wanted.code, wanted.field, field.family
