-- Of many, those that were ever reported.
CREATE TABLE hit_reported AS
SELECT DISTINCT domain_key FROM domain_day WHERE reported AND domain_key IN (SELECT domain_key FROM hit_domain)
