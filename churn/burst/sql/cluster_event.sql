-- What happened to the members of clusters on the days of the last 28, as the clusters stood then: first on a feed of new
-- names, first on a reported list, first in any cluster (of clusters that stood before: of a new one all members are). One
-- day more is read, since on the first day that is read every member is met for the first time.
CREATE TABLE cluster_event AS
WITH member AS (
    SELECT day, cluster_id, domain FROM cluster_member WHERE day >= $day - INTERVAL 29 DAY
),
met AS (
    SELECT domain, min(day) AS day FROM member GROUP BY domain
),
news AS (
    SELECT sighting.domain, sighting.kind, min(sighting.day) AS day
    FROM sighting
    SEMI JOIN met USING (domain)
    WHERE sighting.kind IN ('registered', 'reported')
    GROUP BY sighting.domain, sighting.kind
),
trusted AS (
    SELECT DISTINCT domain, kind, day
    FROM sighting
    SEMI JOIN news USING (domain, kind, day)
    ANTI JOIN distrusted USING (feed, day)
)
SELECT if(kind = 'reported', 'listing', 'registration') AS kind, member.cluster_id, member.day, member.domain
FROM member
INNER JOIN trusted USING (domain, day)
UNION ALL
SELECT 'growth', member.cluster_id, member.day, member.domain
FROM member
INNER JOIN met USING (domain, day)
INNER JOIN cluster_day USING (day, cluster_id)
WHERE cluster_day.first_day < member.day AND member.day > (SELECT min(day) FROM member)
