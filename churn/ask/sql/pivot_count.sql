-- How many they are.
SELECT count(*) AS domains, min(first_day) AS first_day, max(last_day) AS last_day FROM hit_domain
