-- The values that link somebody, with their counts in the window and the surprise of sharing one, ln(N / domains).
SELECT
    $day AS day,
    family,
    name AS field,
    text AS value,
    max(domains) AS domains,
    round(ln(max(CAST(field_domains AS DOUBLE)) / max(domains)), 4) AS weight
FROM ledger
GROUP BY family, name, text
