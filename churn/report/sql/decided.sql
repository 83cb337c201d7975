-- What an analyst's standing verdict says of each cluster of the day.
CREATE TEMP TABLE decided AS
SELECT cluster_id, verdict, given_by AS verdict_by, CAST(given_at AS DATE) AS verdict_day
FROM judgement
WHERE day = $day
