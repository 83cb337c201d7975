-- What registration records of the window name as each registrar's abuse contact, and in how many domains' records.
SELECT
    registrar_iana_id AS iana_id,
    source,
    abuse_source,
    abuse_email AS email,
    abuse_phone AS phone,
    abuse_url AS url,
    count(DISTINCT domain) AS domains,
    max(observed_at) AS observed_at
FROM registration
WHERE registrar_iana_id IS NOT NULL AND day BETWEEN $since AND $day
GROUP BY registrar_iana_id, source, abuse_source, abuse_email, abuse_phone, abuse_url
ORDER BY registrar_iana_id, source, abuse_source, abuse_email, abuse_phone, abuse_url
