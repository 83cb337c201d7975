-- The names that each day met.
SELECT day, domain
FROM sighting
WHERE kind IN ('registered', 'reported')
GROUP BY day, domain
ORDER BY day, domain
