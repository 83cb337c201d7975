-- Members of the sections that were observed on the day and before: only of these can the view `change` tell something.
WITH wanted AS (SELECT DISTINCT domain FROM cluster_member SEMI JOIN section USING (cluster_id) WHERE day = $day),
observed AS (
    SELECT domain, day FROM hosting SEMI JOIN wanted USING (domain) WHERE day <= $day
    UNION ALL
    SELECT domain, day FROM registration SEMI JOIN wanted USING (domain) WHERE day <= $day
    UNION ALL
    SELECT domain, day FROM lookup SEMI JOIN wanted USING (domain) WHERE day <= $day
)
SELECT domain
FROM observed
GROUP BY domain
HAVING bool_or(day = $day) AND bool_or(day < $day)
ORDER BY domain
