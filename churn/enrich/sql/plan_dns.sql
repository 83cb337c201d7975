-- Reported names of earlier days whose DNS is looked up again today.
SELECT
    CAST($day AS DATE) AS day,
    domain,
    'dns' AS kind,
    row_number() OVER (ORDER BY age, md5(domain)) AS rank,
    'recheck' AS reason,
    true AS chosen
FROM plan_recheck
