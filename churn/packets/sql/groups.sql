-- The flagged clusters: as they stood that day, and their burst.
SELECT flagged.cluster_id, cluster_day AS cluster, flagged AS burst
FROM flagged
LEFT JOIN cluster_day ON cluster_day.cluster_id = flagged.cluster_id AND cluster_day.day = flagged.day
ORDER BY flagged.cluster_id
