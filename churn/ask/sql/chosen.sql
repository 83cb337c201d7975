-- Those that are named: first the reported ones, then those that had it first.
CREATE TABLE chosen AS
FROM hit_domain
ORDER BY reported DESC, first_day, domain_key
LIMIT $limit
