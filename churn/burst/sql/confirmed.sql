-- The clusters of the day that are confirmed.
SELECT cluster_id FROM judged WHERE verdict = 'confirmed' ORDER BY cluster_id
