-- How many names each feed usually adds in one minute, of the minutes in which it adds any: the median of today and the 28
-- days before.
WITH batch AS (
    SELECT feed, date_trunc('minute', seen_at) AS minute, count(DISTINCT domain) AS names
    FROM sighting
    ANTI JOIN distrusted USING (feed, day)
    WHERE kind = 'reported' AND day >= $day - INTERVAL 28 DAY
    GROUP BY ALL
)
SELECT feed, median(names)::DOUBLE AS names
FROM batch
GROUP BY feed
