-- When each cluster of the window's earlier days began.
SELECT cluster_id, min(coalesce(first_day, day)) AS first_day FROM cluster_day WHERE day <= $earlier GROUP BY cluster_id
