-- Of many, those that are named: first the reported ones, then those that had it first.
CREATE TABLE chosen AS
SELECT hit_domain.*
FROM hit_domain
LEFT JOIN hit_reported USING (domain_key)
ORDER BY hit_reported.domain_key IS NULL, hit_domain.first_day, hit_domain.domain_key
LIMIT $limit
