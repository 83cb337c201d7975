-- New names of the 28 days before, which nobody reported: a sample of $names, in an order that their names alone decide.
SELECT domain
FROM sighting
WHERE kind = 'registered'
    AND day BETWEEN $day - INTERVAL 28 DAY AND $day - INTERVAL 1 DAY
    AND domain NOT IN (SELECT domain FROM sighting WHERE kind = 'reported' AND day < $day)
GROUP BY domain
ORDER BY hash(domain), domain
LIMIT $names
