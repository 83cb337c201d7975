-- Step 5. How many domains of the book have each value, how many of them are reported, since when; does it bring
-- forward? `lift`: ln of how many more other reported domains have it than chance gives it (0 where none has).
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
    greatest(0, ln((count(seed.id) - 0.5) / (0.5 + (SELECT count(*) - 1 FROM seed) * count(*) / $domains))) AS lift,
    count(*) <= any_value(field.leads_up_to) AS leads
FROM wanted
INNER JOIN field ON field.name = wanted.field
INNER JOIN held USING (code)
LEFT JOIN seed USING (id)
GROUP BY wanted.code, wanted.field, field.family
