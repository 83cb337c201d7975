-- What happened to the members of today's clusters and when: first on a feed of new names, first on a reported list,
-- first in its cluster. One row a member and kind of event.
CREATE TABLE event AS
WITH today AS (
    SELECT cluster_id, domain FROM cluster_member WHERE day = $day
),
gained AS (
    SELECT today.cluster_id, today.domain, min(cluster_member.day) AS day
    FROM today
    INNER JOIN cluster_member USING (cluster_id, domain)
    GROUP BY today.cluster_id, today.domain
)
SELECT today.cluster_id, today.domain, 'registration' AS kind, min(sighting.day) AS day
FROM today
INNER JOIN sighting ON sighting.domain = today.domain AND sighting.kind = 'registered'
GROUP BY today.cluster_id, today.domain
UNION ALL
-- of a list that is served whole, the first day's names are old news
SELECT today.cluster_id, today.domain, 'listing', min(sighting.day)
FROM today
INNER JOIN sighting ON sighting.domain = today.domain AND sighting.kind = 'reported'
LEFT JOIN feed_day ON feed_day.feed = sighting.feed AND feed_day.day = sighting.day
GROUP BY today.cluster_id, today.domain
HAVING NOT coalesce(arg_min(feed_day.backlog, sighting.day), false)
UNION ALL
-- growth is asked of clusters that stood before: their first day is when they were found, not when they grew
SELECT gained.cluster_id, gained.domain, 'growth', gained.day
FROM gained
INNER JOIN cluster_day ON cluster_day.cluster_id = gained.cluster_id AND cluster_day.day = $day
WHERE cluster_day.first_day < $day AND gained.day > cluster_day.first_day
