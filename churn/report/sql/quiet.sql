-- Clusters of the day that no burst is about, and those that stood the day before and stand no more.
WITH previous AS (SELECT max(day) AS day FROM cluster_day WHERE day < $day),
today AS (SELECT * FROM cluster_day WHERE day = $day),
standing AS (
    SELECT
        cluster_id, name, pattern, size, new_members, reported_members, first_day, last_activity_day,
        CASE WHEN last_activity_day < $day - to_days(7) THEN 'dormant' ELSE 'active' END AS state
    FROM today
    WHERE cluster_id NOT IN (SELECT cluster_id FROM burst WHERE day = $day AND cluster_id IS NOT NULL)
    UNION ALL
    SELECT cluster_id, name, pattern, size, 0, reported_members, first_day, last_activity_day, 'ended'
    FROM cluster_day
    ANTI JOIN today USING (cluster_id)
    WHERE day = (SELECT previous.day FROM previous) AND EXISTS (FROM today)
)
SELECT *, count(*) OVER () AS of_all
FROM standing
ORDER BY
    reported_members DESC NULLS LAST, array_position(['active', 'dormant', 'ended'], state), size DESC, cluster_id
LIMIT $top
