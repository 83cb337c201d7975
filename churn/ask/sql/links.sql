-- The ledger of a domain on a day, strongest first.
SELECT family, field, value, domains_with_value, in_cluster, weight, source, observed_at
FROM link
WHERE domain = $domain AND day = $day
ORDER BY weight DESC, field, value
