-- Every name that a feed listed as registered or reported on the day.
SELECT DISTINCT domain
FROM sighting
WHERE day = $day AND kind IN ('registered', 'reported')
ORDER BY domain
