-- What changed of a domain from one observation to the next: facts are never overwritten, so churn is there to be seen.
-- Two protocols tell the same thing in two ways, so each is compared with itself; what was not obtained is no change.
-- Networks are those of the addresses that were asked for: with and without AAAA they are compared apart.
CREATE OR REPLACE VIEW change AS
WITH fact AS (
    SELECT
        domain,
        'dns' AS source,
        observed_at,
        unnest(['rcode', 'a', 'aaaa', 'ns', 'mx', 'network']) AS field,
        unnest([
            rcode,
            array_to_string(a, ' '),
            array_to_string(aaaa, ' '),
            array_to_string(ns, ' '),
            array_to_string(mx, ' '),
            array_to_string(asn, ' ')
        ]) AS value,
        unnest([true, true, true, true, true, aaaa IS NULL]) AS basis
    FROM hosting
    UNION ALL
    SELECT
        domain,
        source,
        observed_at,
        unnest(['registrar', 'expires_at', 'status', 'nameservers']),
        unnest([
            coalesce(CAST(registrar_iana_id AS VARCHAR), registrar),
            strftime(expires_at, '%Y-%m-%d'),
            array_to_string(list_sort(status), ', '),
            array_to_string(nameservers, ' ')
        ]),
        true
    FROM registration
    UNION ALL
    -- a registry and a registrar answer: where one of them has a record, the domain is registered
    SELECT
        domain,
        kind,
        max(attempted_at),
        'registered',
        CASE WHEN bool_or(outcome = 'ok') THEN 'yes' ELSE 'no' END,
        true
    FROM lookup
    WHERE kind IN ('rdap', 'whois') AND outcome IN ('ok', 'not_found')
    GROUP BY domain, kind, day
),
compared AS (
    SELECT
        domain,
        field,
        source,
        lag(value) OVER seen AS before,
        value AS after,
        lag(observed_at) OVER seen AS seen_before_at,
        observed_at AS seen_after_at
    FROM fact
    WHERE value IS NOT NULL
    WINDOW seen AS (PARTITION BY domain, field, source, basis ORDER BY observed_at)
)
SELECT domain, field, source, before, after, seen_before_at, seen_after_at
FROM compared
WHERE before <> after
