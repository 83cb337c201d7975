-- What the day's packets may tell of: reported members of clusters with a flagged listing burst, but for those told lately
-- that no list named anew today. Newest reports first. $since is the first day of the window.
WITH flagged AS (
    SELECT DISTINCT cluster_id
    FROM burst
    WHERE day = $day AND kind = 'listing' AND q_value < $burst_q AND cluster_id IS NOT NULL
),
reported AS (
    SELECT domain, max(day) AS report_day
    FROM sighting
    WHERE kind = 'reported' AND day BETWEEN $since AND $day
    GROUP BY domain
),
told AS (
    SELECT domain, max(day) AS told_day
    FROM packet_item
    WHERE state IN ('new', 'repeat') AND day < $day
    GROUP BY domain
)
SELECT DISTINCT domain, reported.report_day
FROM cluster_member
SEMI JOIN flagged USING (cluster_id)
INNER JOIN reported USING (domain)
LEFT JOIN told USING (domain)
WHERE cluster_member.day = $day
    AND (told.told_day IS NULL OR told.told_day <= $repeat_before OR reported.report_day = $day)
ORDER BY reported.report_day DESC, domain
