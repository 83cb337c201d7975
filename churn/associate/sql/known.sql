-- What the published database says of domains that were reported or are in a group, as of the newest day of linking.
WITH newest AS (SELECT max(day) AS day FROM cluster_day),
reported AS (
    SELECT domain, min(seen_at) AS reported_at, count(DISTINCT feed) AS lists
    FROM sighting
    WHERE kind = 'reported'
    GROUP BY domain
),
grouped AS (
    SELECT cluster_member.domain, cluster_member.cluster_id, cluster_day.name, cluster_day.size, cluster_day.reported_members
    FROM cluster_member
    INNER JOIN newest USING (day)
    INNER JOIN cluster_day USING (day, cluster_id)
)
SELECT
    domain,
    reported.reported_at,
    reported.lists,
    grouped.cluster_id,
    grouped.name AS cluster_name,
    grouped.size AS cluster_domains,
    grouped.reported_members AS cluster_reported
FROM reported
FULL OUTER JOIN grouped USING (domain)
