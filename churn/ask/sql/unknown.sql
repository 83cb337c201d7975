-- What is not known of a domain: there is none, or it was not obtained and why. Fields of one reason are one row.
SELECT state, why, source, list(field ORDER BY field) AS fields, max(observed_at) AS tried_at
FROM knowledge
WHERE domain = $domain AND state <> 'observed'
GROUP BY state, why, source
ORDER BY state, why, source
