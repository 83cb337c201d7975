-- The numbers of what the reports of a day show, in the order of the values that most share.
INSERT INTO value_key BY NAME
SELECT day, 'sighting' AS fact, key_of(domain) AS domain_key, key_of(series) AS series, key_of(batch) AS batch
FROM report_evidence
WHERE day = $day AND kind = 'reported' AND coalesce(series, batch) IS NOT NULL
ORDER BY batch, series
