-- The domains that have the value, and from when to when it was seen of them.
CREATE TABLE hit_domain AS
SELECT hit.domain_key, min(hit.day) AS first_day, max(hit.day) AS last_day, bool_or(reported.domain_key IS NOT NULL) AS reported
FROM hit
LEFT JOIN (SELECT DISTINCT domain_key FROM domain_day WHERE reported) AS reported USING (domain_key)
GROUP BY hit.domain_key
