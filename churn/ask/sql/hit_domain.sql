-- The domains that have the value, and from when to when it was seen of them.
CREATE TABLE hit_domain AS
SELECT domain_key, min(day) AS first_day, max(day) AS last_day
FROM hit
GROUP BY domain_key
