-- A cluster over all its days, as of the newest day of linking.
CREATE OR REPLACE VIEW cluster AS
WITH newest AS (SELECT max(day) AS day FROM cluster_day)
SELECT
    cluster_id,
    min(first_day) AS first_day,
    max(cluster_day.day) AS last_day,
    arg_max(name, cluster_day.day) AS name,
    arg_max(pattern, cluster_day.day) AS pattern,
    CASE
        WHEN max(cluster_day.day) < any_value(newest.day) THEN 'ended'
        WHEN max(last_activity_day) < any_value(newest.day) - INTERVAL 7 DAY THEN 'dormant'
        ELSE 'active'
    END AS state
FROM cluster_day
CROSS JOIN newest
GROUP BY cluster_id
