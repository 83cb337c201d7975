-- How probable it is that a domain which nobody reported belongs to those who were.
SELECT cluster_id, probability, basis
FROM sibling
WHERE day = $day AND domain = $domain
ORDER BY probability DESC, cluster_id
