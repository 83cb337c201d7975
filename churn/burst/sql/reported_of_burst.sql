-- Of the domains that a burst counted, how many are on a reported list by now.
SELECT flagged.burst_id, count(DISTINCT reported.domain) AS reported_members
FROM flagged
INNER JOIN question_member USING (question_id)
LEFT JOIN (SELECT DISTINCT domain FROM sighting WHERE kind = 'reported') AS reported USING (domain)
GROUP BY flagged.burst_id
