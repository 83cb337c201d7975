-- The count and weight that the linking of a day gave a value; no row where it can link nobody.
SELECT day, domains, weight
FROM shared_value
WHERE day = $day AND field = $field AND value = $value
