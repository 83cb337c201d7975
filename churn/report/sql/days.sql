-- The last days, each with what was listed and what stood out; a day without any row has none, which is not zero.
WITH listed AS (
    SELECT
        day,
        count(DISTINCT domain) FILTER (kind = 'registered') AS registered,
        count(DISTINCT domain) FILTER (kind = 'reported') AS reported
    FROM sighting
    WHERE day <= $day AND day > $day - to_days($days)
    GROUP BY day
),
burst_of AS (
    SELECT day, count(DISTINCT burst_id) AS bursts, count(DISTINCT domain) AS burst_domains
    FROM burst_member
    WHERE day <= $day AND day > $day - to_days($days)
    GROUP BY day
)
SELECT
    day,
    coalesce(listed.registered, 0) AS registered,
    coalesce(listed.reported, 0) AS reported,
    coalesce(burst_of.bursts, 0) AS bursts,
    coalesce(burst_of.burst_domains, 0) AS burst_domains
FROM listed
FULL JOIN burst_of USING (day)
ORDER BY day
