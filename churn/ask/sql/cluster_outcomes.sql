-- How those of a cluster that were told of stood at their last review, and who brought that about.
WITH told AS (
    SELECT DISTINCT domain FROM packet_item WHERE cluster_id = $cluster_id AND state IN ('new', 'repeat')
),
newest AS (
    SELECT domain, arg_max({'state': state, 'actor': actor}, (observed_at, coalesce(state, ''))) AS found
    FROM outcome
    SEMI JOIN told USING (domain)
    GROUP BY domain
)
SELECT coalesce(newest.found.state, 'not reviewed') AS state, newest.found.actor AS actor, count(*) AS domains
FROM told
LEFT JOIN newest USING (domain)
GROUP BY ALL
ORDER BY domains DESC, state, actor
