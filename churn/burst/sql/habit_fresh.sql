-- Today's new names, without those that came before.
SELECT domain
FROM sighting
ANTI JOIN distrusted USING (feed, day)
WHERE kind = 'registered' AND day = $day
GROUP BY domain
ORDER BY domain
