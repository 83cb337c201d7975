-- Siblings 5. Each domain once a cluster, with what makes it most probable, and whether the cluster is confirmed.
SELECT day, cluster_id, domain, probability, basis, list_contains($confirmed::VARCHAR[], cluster_id) AS confirmed
FROM likely
QUALIFY row_number() OVER (PARTITION BY cluster_id, domain ORDER BY probability DESC, basis) = 1
