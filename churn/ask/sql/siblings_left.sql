-- How many domains of a cluster nobody has reported, and how many of them most probably are of those who were.
SELECT count(*) AS unreported, count(*) FILTER (probability >= 0.9) AS likely
FROM sibling
WHERE day = $day AND cluster_id = $cluster_id
