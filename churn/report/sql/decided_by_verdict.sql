-- The newest verdict on each cluster, where the published copy says nothing of which verdicts stand.
CREATE TEMP TABLE decided AS
SELECT subject AS cluster_id, arg_max(verdict, given_at) AS verdict, arg_max(given_by, given_at) AS verdict_by, max(day) AS verdict_day
FROM verdict
WHERE day <= $day AND verdict IN ('confirmed', 'benign', 'watch')
GROUP BY subject
