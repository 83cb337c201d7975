-- The names that a trusted feed told of today for the first time that day.
CREATE TABLE fresh AS
SELECT DISTINCT sighting.domain
FROM sighting
ANTI JOIN distrusted USING (feed, day)
WHERE sighting.kind = 'registered' AND sighting.day = $day
