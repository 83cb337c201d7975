-- How large such counts were on the days before, over all clusters: the first and second moment of the counts of 1 and more.
SELECT kind, count(*) AS cells, sum(domains) AS total, sum(domains * domains) AS squares
FROM (
    SELECT kind, cluster_id, day, count(*)::DOUBLE AS domains
    FROM event
    WHERE day < $day AND day >= $day - INTERVAL 28 DAY
    GROUP BY kind, cluster_id, day
)
GROUP BY kind
