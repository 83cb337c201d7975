-- Reported names of the window: a sample of $names, in an order that their names alone decide.
SELECT domain
FROM sighting
WHERE kind = 'reported'
GROUP BY domain
ORDER BY hash(domain), domain
LIMIT $names
