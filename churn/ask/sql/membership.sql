-- The cluster that a domain is in on a day.
SELECT
    cluster_member.cluster_id,
    cluster_day.name,
    cluster_day.pattern,
    cluster_day.size,
    cluster_day.reported_members,
    cluster_day.first_day,
    cluster_day.last_activity_day,
    cluster_member.role,
    cluster_member.score,
    cluster_member.reported,
    cluster_member.holds_without_strongest
FROM cluster_member
INNER JOIN cluster_day USING (day, cluster_id)
WHERE cluster_member.domain = $domain AND cluster_member.day = $day
