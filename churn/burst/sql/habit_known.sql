-- Names that were reported before the day, whose they are, and the day on which they came: first seen on a feed of new
-- names, else first reported. One row a name and group: the feed's label, else the authority's series, else the cluster that
-- it is in by the newest linking; where nobody says, names that are built alike under one suffix are one's: runs of letters
-- as w, of digits as 9.
-- Of the names of each owner the newest $names; of the owners those with the most of them ($owners), without the smallest.
WITH told AS (
    SELECT domain, label, series_hash, min(day) AS day
    FROM sighting
    WHERE kind = 'reported' AND day < $day
    GROUP BY ALL
),
linked AS (
    SELECT domain, cluster_id
    FROM cluster_member
    WHERE reported
    QUALIFY day = max(day) OVER ()
),
came AS (
    SELECT domain, min(day) AS day
    FROM sighting
    WHERE kind = 'registered' AND day < $day AND domain IN (SELECT domain FROM told)
    GROUP BY domain
),
owned AS (
    SELECT
        told.domain,
        min(coalesce(came.day, told.day)) AS day,
        coalesce(
            'label ' || told.label,
            'series ' || told.series_hash,
            'cluster ' || any_value(linked.cluster_id),
            'built ' || regexp_replace(regexp_replace(split_part(told.domain, '.', 1), '[a-z]+', 'w', 'g'), '[0-9]+', '9', 'g')
            || substr(told.domain, strpos(told.domain, '.'))
        ) AS owner,
        bool_or(came.day IS NOT NULL) AS is_arrival
    FROM told
    LEFT JOIN linked USING (domain)
    LEFT JOIN came USING (domain)
    GROUP BY told.domain, told.label, told.series_hash
),
newest AS (
    SELECT *
    FROM owned
    QUALIFY row_number() OVER (PARTITION BY owner ORDER BY day DESC, domain) <= $names
),
chosen AS (
    SELECT owner, sum(0.5 ** (($day - day) / 20.0)) AS activity
    FROM newest
    GROUP BY owner
    HAVING count(*) >= $least
    ORDER BY activity DESC, owner
    LIMIT $owners
)
SELECT newest.domain, newest.day, newest.owner, newest.is_arrival
FROM newest
SEMI JOIN chosen USING (owner)
ORDER BY newest.domain, newest.owner
