-- Names that were reported today for the first time, with the minute in which a feed added them.
SELECT domain, feed, date_trunc('minute', min(seen_at)) AS minute
FROM sighting
ANTI JOIN distrusted USING (feed, day)
WHERE kind = 'reported'
    AND day = $day
    AND domain NOT IN (SELECT domain FROM sighting WHERE kind = 'reported' AND day < $day)
GROUP BY domain, feed
ORDER BY feed, minute, domain
