-- Where RDAP and WHOIS, asked for the same domain on the same day, tell different things. Only what both told is
-- compared: names without regard to case, instants by their day where one of them has no time of day.
CREATE OR REPLACE VIEW disagreement AS
WITH told AS (
    SELECT
        day,
        domain,
        source,
        registrar_iana_id,
        registrar,
        created_at,
        updated_at,
        expires_at,
        array_to_string(list_sort(status), ', ') AS status,
        array_to_string(nameservers, ' ') AS nameservers,
        abuse_email
    FROM registration
    WHERE source IN ('rdap', 'whois')
),
instant AS (
    SELECT
        rdap.day,
        rdap.domain,
        unnest(['created_at', 'updated_at', 'expires_at']) AS field,
        unnest([rdap.created_at, rdap.updated_at, rdap.expires_at]) AS by_rdap,
        unnest([whois.created_at, whois.updated_at, whois.expires_at]) AS by_whois
    FROM told AS rdap
    INNER JOIN told AS whois ON whois.domain = rdap.domain AND whois.day = rdap.day
    WHERE rdap.source = 'rdap' AND whois.source = 'whois'
),
worded AS (
    SELECT
        rdap.day,
        rdap.domain,
        unnest(['registrar_iana_id', 'registrar', 'status', 'nameservers', 'abuse_email']) AS field,
        unnest([CAST(rdap.registrar_iana_id AS VARCHAR), rdap.registrar, rdap.status, rdap.nameservers, rdap.abuse_email]) AS by_rdap,
        unnest([CAST(whois.registrar_iana_id AS VARCHAR), whois.registrar, whois.status, whois.nameservers, whois.abuse_email]) AS by_whois
    FROM told AS rdap
    INNER JOIN told AS whois ON whois.domain = rdap.domain AND whois.day = rdap.day
    WHERE rdap.source = 'rdap' AND whois.source = 'whois'
)
SELECT day, domain, field, by_rdap AS rdap, by_whois AS whois
FROM worded
WHERE lower(by_rdap) <> lower(by_whois)
UNION ALL
SELECT day, domain, field, CAST(by_rdap AS VARCHAR), CAST(by_whois AS VARCHAR)
FROM instant
WHERE
    CASE
        WHEN date_trunc('day', by_rdap) = by_rdap OR date_trunc('day', by_whois) = by_whois
            THEN CAST(by_rdap AS DATE) <> CAST(by_whois AS DATE)
        ELSE by_rdap <> by_whois
    END
