-- How many names each day of the last 28, and today, could have counted, by kind of feed. A count is judged by its share
-- of them: the cap of a feed, which fixes its total, thereby is part of the baseline. Days on which any feed of the kind was
-- not to be trusted are not in the past, and none is today unless some feed is.
CREATE TABLE exposure AS
WITH bad_day AS (
    SELECT DISTINCT distrusted.day, feed_day.kind
    FROM distrusted
    INNER JOIN feed_day USING (feed, day)
)
SELECT sighting.kind, sighting.day, count(*)::DOUBLE AS names
FROM sighting
ANTI JOIN distrusted USING (feed, day)
LEFT JOIN bad_day ON bad_day.day = sighting.day AND bad_day.kind = sighting.kind
WHERE sighting.kind IN ('registered', 'reported')
    AND sighting.day >= $day - INTERVAL 28 DAY
    AND (sighting.day = $day OR bad_day.day IS NULL)
GROUP BY sighting.kind, sighting.day
