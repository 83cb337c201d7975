-- Hops 1. Members of today's clusters; and of those that stood within the window and stand no more, as of their newest day. A
-- cluster is young where it began less than $young_days days ago: a hop shows in its first days or not at all. When those of the
-- first linked day began nobody knows.
WITH ended AS (
    SELECT cluster_id, max(day) AS day, min(coalesce(first_day, day)) AS first_day
    FROM cluster_day
    WHERE day <= $earlier AND cluster_id NOT IN (SELECT cluster_id FROM identity)
    GROUP BY cluster_id
),
everybody AS (
    SELECT today_member.cluster_id, today_member.domain, identity.first_day, true AS standing
    FROM today_member
    INNER JOIN identity ON identity.cluster_id = today_member.cluster_id
    UNION ALL
    SELECT cluster_member.cluster_id, cluster_member.domain, ended.first_day, false
    FROM cluster_member
    INNER JOIN ended ON ended.cluster_id = cluster_member.cluster_id AND ended.day = cluster_member.day
    WHERE cluster_member.day <= $earlier AND cluster_member.domain NOT IN (SELECT domain FROM today_member)
)
SELECT
    everybody.cluster_id,
    everybody.domain,
    number_of(everybody.domain) AS id,
    everybody.first_day,
    everybody.standing,
    everybody.standing
        AND everybody.first_day > $day - $young_days
        AND everybody.first_day > (SELECT min(day) FROM cluster_day) AS young,
    split_part(everybody.domain, '.', 1) AS label,
    substr(everybody.domain, strpos(everybody.domain, '.')) AS suffix
FROM everybody
