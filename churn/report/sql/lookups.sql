-- Look-ups of the day by kind and how they ended: per domain the best answer counts, a failed try before it does not.
WITH ended AS (
    SELECT
        domain,
        kind,
        arg_max(
            outcome,
            (CASE outcome WHEN 'ok' THEN 2 WHEN 'not_found' THEN 1 ELSE 0 END, attempted_at, attempt, outcome)
        ) AS outcome
    FROM lookup
    WHERE day = $day
    GROUP BY domain, kind
)
SELECT kind, outcome, count(*) AS domains
FROM ended
GROUP BY kind, outcome
ORDER BY kind, domains DESC, outcome
