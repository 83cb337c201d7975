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
    SELECT domain, day, spki_sha256
    FROM certificate
    WHERE spki_sha256 IS NOT NULL
),
shown AS (
    SELECT domain, 'registrant_email' AS field, registrant_email AS value, day FROM registration_again
    UNION ALL
    SELECT domain, 'registrant_phone', registrant_phone, day FROM registration_again
    UNION ALL
    SELECT domain, 'registrant_org', registrant_org, day FROM registration_again
    UNION ALL
    SELECT domain, 'created_minute', created_minute, day FROM registration_again
    UNION ALL
    SELECT domain, 'name_servers', name_servers, day FROM hosting_again
    UNION ALL
    SELECT domain, 'mail_exchangers', mail_exchangers, day FROM hosting_again
    UNION ALL
    SELECT domain, 'soa_mailbox', soa_mailbox, day FROM hosting_again
    UNION ALL
    SELECT domain, 'address', least_of(addresses), day FROM hosting_again
    UNION ALL
    SELECT domain, 'prefix', network_of(least_of(addresses)), day FROM hosting_again
    UNION ALL
    SELECT certificate_again.domain, 'certificate_key', certificate_again.spki_sha256, certificate_again.day
    FROM certificate_again
    INNER JOIN (SELECT domain, day FROM certificate_again GROUP BY domain, day HAVING count(*) > 1) AS several
        ON several.domain = certificate_again.domain AND several.day = certificate_again.day
    UNION ALL
    SELECT domain, 'series', series, day FROM report_evidence
    UNION ALL
    SELECT domain, 'batch', batch, day FROM report_evidence
)
SELECT number_of(domain) AS id, day, field, number_of(value) AS value
FROM shown
WHERE value IS NOT NULL
GROUP BY domain, day, field, value
ORDER BY day
