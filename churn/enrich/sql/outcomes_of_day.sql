-- How the look-ups of the day ended: what the stage tells, whether it did them now or found them done.
SELECT kind, outcome, count(*) AS tries, count(DISTINCT domain) AS domains
FROM lookup
WHERE day = $day
GROUP BY kind, outcome
ORDER BY kind, outcome
