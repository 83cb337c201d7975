-- Step 1. The other values of domains that show several of a field on a day: further keys, the answers of another
-- protocol or of another hour. What `trait` has already may stand here again.
WITH registration_again AS (
    SELECT registration_evidence.*
    FROM registration_evidence
    INNER JOIN (SELECT domain, day FROM registration_evidence GROUP BY domain, day HAVING count(*) > 1) AS several
        ON several.domain = registration_evidence.domain AND several.day = registration_evidence.day
),
hosting_again AS (
    SELECT hosting_evidence.*
    FROM hosting_evidence
    INNER JOIN (SELECT domain, day FROM hosting_evidence GROUP BY domain, day HAVING count(*) > 1) AS several
        ON several.domain = hosting_evidence.domain AND several.day = hosting_evidence.day
),
certificate_again AS (
    SELECT domain, day, observed_at, spki_sha256
    FROM certificate
    WHERE spki_sha256 IS NOT NULL
),
shown AS (
    SELECT domain, 'registrant_email' AS field, registrant_email AS value, observed_at, day FROM registration_again
    UNION ALL
    SELECT domain, 'registrant_phone', registrant_phone, observed_at, day FROM registration_again
    UNION ALL
    SELECT domain, 'registrant_org', registrant_org, observed_at, day FROM registration_again
    UNION ALL
    SELECT domain, 'created_minute', created_minute, observed_at, day FROM registration_again
    UNION ALL
    SELECT domain, 'name_servers', name_servers, observed_at, day FROM hosting_again
    UNION ALL
    SELECT domain, 'mail_exchangers', mail_exchangers, observed_at, day FROM hosting_again
    UNION ALL
    SELECT domain, 'soa_mailbox', soa_mailbox, observed_at, day FROM hosting_again
    UNION ALL
    SELECT domain, 'address', least_of(addresses), observed_at, day FROM hosting_again
    UNION ALL
    SELECT domain, 'prefix', network_of(least_of(addresses)), observed_at, day FROM hosting_again
    UNION ALL
    SELECT certificate_again.domain, 'certificate_key', certificate_again.spki_sha256, certificate_again.observed_at, certificate_again.day
    FROM certificate_again
    INNER JOIN (SELECT domain, day FROM certificate_again GROUP BY domain, day HAVING count(*) > 1) AS several
        ON several.domain = certificate_again.domain AND several.day = certificate_again.day
    UNION ALL
    SELECT domain, 'series', series, seen_at, day FROM report_evidence
    UNION ALL
    SELECT domain, 'batch', batch, seen_at, day FROM report_evidence
)
SELECT number_of(domain) AS id, day, field, number_of(value) AS value, max(observed_at) AS observed_at
FROM shown
WHERE value IS NOT NULL
GROUP BY domain, day, field, value
