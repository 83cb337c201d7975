-- Verdicts 4. What came of what is watched, of each verdict and kind the first $rows by name.
SELECT
    CAST($day AS DATE) AS day,
    subject,
    kind,
    domain,
    cluster_id,
    related,
    domain IN (SELECT domain FROM sighting WHERE kind = 'reported' AND day <= $day) AS reported
FROM came
QUALIFY row_number() OVER (PARTITION BY subject, kind ORDER BY domain, cluster_id) <= $rows
