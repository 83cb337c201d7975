-- Their members on the day, since when each is in its cluster, and since when it is reported there.
CREATE TEMP TABLE member AS
WITH history AS (
    SELECT
        cluster_id,
        domain,
        min(day) AS joined_day,
        min(day) FILTER (reported) AS reported_day
    FROM cluster_member
    SEMI JOIN chosen USING (cluster_id)
    WHERE day <= $day
    GROUP BY cluster_id, domain
)
SELECT
    cluster_member.cluster_id,
    cluster_member.domain,
    cluster_member.role,
    cluster_member.score,
    coalesce(cluster_member.reported, FALSE) AS reported,
    history.joined_day,
    CASE WHEN cluster_member.reported THEN history.reported_day END AS reported_day
FROM cluster_member
SEMI JOIN chosen USING (cluster_id)
INNER JOIN history ON history.cluster_id = cluster_member.cluster_id AND history.domain = cluster_member.domain
WHERE cluster_member.day = $day
