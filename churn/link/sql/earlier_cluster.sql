-- When each cluster of the last linked day began.
SELECT cluster_id, first_day FROM cluster_day WHERE day = $earlier
