-- What regional registries, or an import, say of blocks of addresses: the newest record of each in the window.
SELECT prefix, asn, name, source, abuse_email, abuse_phone, abuse_url, observed_at
FROM network
WHERE day BETWEEN $since AND $day
    AND (source = 'rdap' OR source = 'import' AND coalesce(abuse_email, abuse_phone, abuse_url) IS NOT NULL)
QUALIFY row_number() OVER (
    PARTITION BY prefix
    ORDER BY observed_at DESC, source DESC, asn, name, abuse_email, abuse_phone, abuse_url, endpoint, handle
) = 1
ORDER BY prefix
