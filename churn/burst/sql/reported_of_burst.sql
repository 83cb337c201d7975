-- Of the domains that a burst counted, how many are on a reported list by now.
SELECT flagged.burst_id, count(DISTINCT reported.domain) AS reported_members
FROM flagged
INNER JOIN event ON event.cluster_id = flagged.cluster_id AND event.kind = flagged.kind AND event.day = $day
LEFT JOIN (SELECT DISTINCT domain FROM sighting WHERE kind = 'reported') AS reported ON reported.domain = event.domain
GROUP BY flagged.burst_id
