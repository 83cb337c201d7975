-- A domain and when we met it: one row a domain that any feed listed.
CREATE OR REPLACE VIEW domain AS
WITH seen AS (
    SELECT
        domain,
        min(seen_at) AS first_seen,
        min(seen_at) FILTER (kind = 'registered') AS first_registered_at,
        min(seen_at) FILTER (kind = 'reported') AS first_reported_at,
        bool_or(kind = 'registered') AS was_registered
    FROM sighting
    GROUP BY domain
),
newest AS (
    SELECT
        domain,
        -- of one day's records RDAP's goes before WHOIS's, which is asked after it
        arg_max(registrar_iana_id, {'day': day, 'first_choice': source <> 'whois', 'at': observed_at}) AS registrar_iana_id,
        arg_max(created_at, {'day': day, 'first_choice': source <> 'whois', 'at': observed_at}) AS created_at
    FROM registration
    GROUP BY domain
)
SELECT
    seen.domain,
    seen.first_seen,
    seen.first_registered_at,
    seen.first_reported_at,
    newest.registrar_iana_id,
    newest.created_at,
    split_part(seen.domain, '.', -1) AS tld,
    CASE
        WHEN seen.first_reported_at IS NOT NULL THEN 'reported'
        WHEN seen.was_registered THEN 'registered'
        ELSE 'dropped'
    END AS state
FROM seen
LEFT JOIN newest USING (domain)
