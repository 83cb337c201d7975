-- The values that link somebody, with their counts in the window and the surprise of sharing one, ln(N / domains).
SELECT
    $day AS day,
    family,
    field,
    value,
    domains,
    round(ln(field_domains / domains), 4) AS weight
FROM candidate_value
WHERE value_id IN (SELECT value_id FROM tie)
