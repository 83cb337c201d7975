-- Siblings 3. Each domain once a cluster, and of each cluster the most probable ones, equals by name.
SELECT $day AS day, cluster_id, domain, round(least(probability, $most), 4) AS probability, basis
FROM sibling_candidate
WHERE probability >= $least OR basis = 'member'
QUALIFY row_number() OVER (PARTITION BY cluster_id, domain ORDER BY probability DESC, basis) = 1
    AND row_number() OVER (PARTITION BY cluster_id ORDER BY probability DESC, domain, basis) <= $rows
ORDER BY cluster_id, probability DESC, domain
