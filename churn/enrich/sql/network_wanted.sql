-- Names of the day whose hosters' abuse desks are wanted, with their addresses: reported ones, then those whose
-- registration is looked up, in the order of that plan.
WITH wanted AS (
    SELECT DISTINCT domain, 0 AS rank FROM sighting WHERE day = $day AND kind = 'reported'
    UNION ALL
    SELECT domain, rank FROM lookup_plan WHERE day = $day AND kind = 'registration' AND chosen
)
SELECT
    hosting.domain,
    min(wanted.rank) AS rank,
    any_value(list_concat(coalesce(hosting.a, []), coalesce(hosting.aaaa, []))) AS addresses
FROM wanted
INNER JOIN hosting ON hosting.domain = wanted.domain AND hosting.day = $day
WHERE len(hosting.a) > 0 OR len(hosting.aaaa) > 0
GROUP BY hosting.domain
ORDER BY rank, hosting.domain
