-- What two domains may share, one row a domain and value. A view: the linking itself reads wide rows (link/sql).
CREATE OR REPLACE VIEW evidence AS
WITH observed AS (
    SELECT domain, observed_at, 'owner' AS family, 'registrant_email' AS field, registrant_email_hash AS value FROM registration
    UNION ALL
    SELECT domain, observed_at, 'owner', 'registrant_phone', registrant_phone_hash FROM registration
    UNION ALL
    SELECT domain, observed_at, 'owner', 'registrant_org', registrant_org_hash FROM registration
    UNION ALL
    SELECT domain, observed_at, 'registration', 'created_second', registrar_iana_id || ' ' || strftime(created_at, '%Y-%m-%dT%H:%M:%SZ')
    FROM registration
    UNION ALL
    SELECT domain, observed_at, 'infrastructure', 'name_servers', array_to_string(ns, ' ') FROM hosting WHERE len(ns) > 0
    UNION ALL
    SELECT domain, observed_at, 'infrastructure', 'address', unnest(a) FROM hosting
    UNION ALL
    SELECT domain, observed_at, 'infrastructure', 'mail_exchangers', array_to_string(mx, ' ') FROM hosting WHERE len(mx) > 0
    UNION ALL
    SELECT domain, observed_at, 'infrastructure', 'soa_mailbox', soa_rname FROM hosting
    UNION ALL
    SELECT domain, observed_at, 'infrastructure', 'certificate_key', spki_sha256 FROM certificate
    UNION ALL
    SELECT domain, seen_at, 'report', 'series', series_hash FROM sighting WHERE kind = 'reported'
)
SELECT domain, family, field, value, min(observed_at) AS first_seen, max(observed_at) AS last_seen
FROM observed
WHERE value IS NOT NULL
GROUP BY domain, family, field, value
