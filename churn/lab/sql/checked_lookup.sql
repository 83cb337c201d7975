-- One look-up a name and question.
SELECT
    asked.domain,
    asked.kind,
    if(asked.kind = 'dns', '127.0.0.1:53', 'lab') AS endpoint,
    $at AS attempted_at,
    CASE
        WHEN name.domain IS NULL OR (asked.kind = 'dns' AND name.rcode = 3) THEN 'not_found'
        WHEN asked.kind = 'dns' AND name.rcode <> 0 THEN 'server_failure'
        ELSE 'ok'
    END AS outcome,
    1 AS attempt,
    $day AS day
FROM check_asked AS asked
LEFT JOIN fact_name AS name USING (domain)
