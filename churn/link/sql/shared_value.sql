-- The values that link somebody, with their counts in the window and the surprise of sharing one, ln(N / domains).
SELECT
    $day AS day,
    family,
    field,
    value,
    domains,
    round(ln(CAST(field_domains AS DOUBLE) / domains), 4) AS weight
FROM value_text
ORDER BY place
