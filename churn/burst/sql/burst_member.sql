-- The domains that a burst counted.
SELECT DISTINCT $day AS day, flagged.burst_id, event.domain
FROM flagged
INNER JOIN event ON event.cluster_id = flagged.cluster_id AND event.kind = flagged.kind AND event.day = $day
