-- A cluster over all its days, as of the newest day of linking. It has ended where it does not stand on that day, and is
-- dormant where it stands and nobody came for more than 7 days; one that stands again, or whose members come again, is active.
CREATE OR REPLACE VIEW cluster AS
WITH newest AS (SELECT max(day) AS day FROM cluster_day)
SELECT
    cluster_id,
    min(coalesce(first_day, cluster_day.day)) AS first_day,
    max(cluster_day.day) AS last_day,
    arg_max(name, cluster_day.day) AS name,
    arg_max(pattern, cluster_day.day) AS pattern,
    CASE
        WHEN max(cluster_day.day) < any_value(newest.day) THEN 'ended'
        WHEN coalesce(max(last_activity_day), min(first_day), min(cluster_day.day)) < any_value(newest.day) - INTERVAL 7 DAY THEN 'dormant'
        ELSE 'active'
    END AS state
FROM cluster_day
CROSS JOIN newest
GROUP BY cluster_id
