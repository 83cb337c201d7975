-- Siblings 4. Each domain once a cluster, with what makes it most probable.
SELECT day, cluster_id, domain, probability, basis
FROM likely
QUALIFY row_number() OVER (PARTITION BY cluster_id, domain ORDER BY probability DESC, basis) = 1
