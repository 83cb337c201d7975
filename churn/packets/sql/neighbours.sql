-- How many names of the last 7 days are at each address of a packet, and how many of these are members of a flagged cluster.
WITH seen AS (
    SELECT DISTINCT domain, unnest(list_concat(coalesce(a, []), coalesce(aaaa, []))) AS address
    FROM hosting
    WHERE day BETWEEN $day - 6 AND $day
)
SELECT seen.address, count(*) AS names, count(member.domain) AS of_group
FROM seen
SEMI JOIN (SELECT address FROM place SEMI JOIN recipient USING (recipient)) AS here USING (address)
LEFT JOIN member USING (domain)
GROUP BY seen.address
ORDER BY seen.address
