-- What is known of a domain, field by field: observed, absent, or not obtained and why. A view of the whole past.
--
-- 1. Every fact and every try is a statement about some fields; that a domain was seen is one that nothing was asked.
--    Texts (TXT) are asked for only by who wants them: where they were not, that is no gap.
-- 2. Of the statements about a field the weightiest counts: an answer before none, a try before a look-up that was
--    skipped, a later day before an earlier one, RDAP before WHOIS.
CREATE OR REPLACE VIEW knowledge AS
WITH registered AS (
    SELECT
        domain,
        day,
        source,
        observed_at,
        redacted,
        unnest(['registrar', 'created_at', 'updated_at', 'expires_at', 'status', 'nameservers', 'registrant', 'abuse_contact']) AS field,
        unnest([
            coalesce(registrar, CAST(registrar_iana_id AS VARCHAR)) IS NOT NULL,
            created_at IS NOT NULL,
            updated_at IS NOT NULL,
            expires_at IS NOT NULL,
            len(status) > 0,
            len(nameservers) > 0,
            coalesce(registrant_hash, registrant_email_hash, registrant_phone_hash, registrant_org_hash) IS NOT NULL,
            coalesce(abuse_email, abuse_phone, abuse_url) IS NOT NULL
        ]) AS is_given,
        unnest([false, false, false, false, len(status) = 0, len(nameservers) = 0, false, false]) AS is_empty
    FROM registration
),
resolved AS (
    SELECT
        domain,
        day,
        observed_at,
        rcode = 'NXDOMAIN' AS is_unknown_name,
        unnest(['a', 'aaaa', 'ns', 'mx', 'txt', 'soa', 'network']) AS field,
        unnest([len(a), len(aaaa), len(ns), len(mx), len(txt), CASE WHEN soa_mname <> '' THEN 1 END, nullif(len(asn), 0)]) AS answers
    FROM hosting
),
tried AS (
    SELECT
        domain,
        day,
        kind,
        attempted_at,
        outcome,
        unnest(
            CASE
                WHEN kind IN ('rdap', 'whois')
                    THEN ['registrar', 'created_at', 'updated_at', 'expires_at', 'status', 'nameservers', 'registrant', 'abuse_contact']
                WHEN kind = 'dns' THEN ['a', 'aaaa', 'ns', 'mx', 'soa', 'network']
                WHEN kind IN ('tls', 'ct') THEN ['certificate']
                ELSE ['network']
            END
        ) AS field
    FROM lookup
    WHERE outcome <> 'ok'
),
-- weight: 4 an answer, 3 withheld or left out by an answer, or a try that failed, 1 skipped, 0 never asked
statement AS (
    SELECT
        domain,
        field,
        CASE WHEN is_given THEN 'observed' WHEN is_empty THEN 'absent' ELSE 'not_obtained' END AS state,
        CASE
            WHEN is_given THEN NULL
            WHEN is_empty THEN 'no_records'
            WHEN redacted AND field = 'registrant' THEN 'redacted'
            ELSE 'not_given'
        END AS why,
        source,
        observed_at,
        (
            CASE WHEN is_given OR is_empty THEN 4 ELSE 3 END,
            day,
            CASE WHEN is_given OR is_empty OR (redacted AND field = 'registrant') THEN 2 ELSE 0 END,
            CASE source WHEN 'rdap' THEN 2 WHEN 'whois' THEN 1 ELSE 0 END,
            observed_at
        ) AS weight
    FROM registered
    UNION ALL
    SELECT
        domain,
        field,
        CASE WHEN answers > 0 THEN 'observed' ELSE 'absent' END,
        CASE WHEN answers > 0 THEN NULL WHEN is_unknown_name THEN 'not_found' ELSE 'no_records' END,
        'dns',
        observed_at,
        (4, day, 2, 0, observed_at)
    FROM resolved
    WHERE answers IS NOT NULL OR is_unknown_name
    UNION ALL
    SELECT domain, 'certificate', 'observed', NULL, source, observed_at, (4, day, 2, 0, observed_at) FROM certificate
    UNION ALL
    SELECT
        domain,
        field,
        CASE WHEN outcome = 'not_found' THEN 'absent' ELSE 'not_obtained' END,
        outcome,
        kind,
        attempted_at,
        (
            CASE WHEN outcome = 'not_found' THEN 4 WHEN starts_with(outcome, 'skipped') THEN 1 ELSE 3 END,
            day,
            CASE outcome WHEN 'no_endpoint' THEN 0 ELSE 1 END,
            CASE kind WHEN 'rdap' THEN 2 WHEN 'whois' THEN 1 ELSE 0 END,
            attempted_at
        )
    FROM tried
    UNION ALL
    SELECT
        domain,
        unnest(
            CASE kind
                WHEN 'registration'
                    THEN ['registrar', 'created_at', 'updated_at', 'expires_at', 'status', 'nameservers', 'registrant', 'abuse_contact']
                ELSE ['certificate']
            END
        ),
        'not_obtained',
        'skipped_budget',
        'lookup_plan',
        CAST(day AS TIMESTAMPTZ),
        (1, day, 0, 0, CAST(day AS TIMESTAMPTZ))
    FROM lookup_plan
    WHERE NOT chosen
    UNION ALL
    SELECT
        domain,
        unnest([
            'registrar', 'created_at', 'updated_at', 'expires_at', 'status', 'nameservers', 'registrant', 'abuse_contact',
            'a', 'aaaa', 'ns', 'mx', 'soa', 'network', 'certificate'
        ]),
        'not_obtained',
        'not_asked',
        'sighting',
        NULL,
        (0, day, 0, 0, seen_at)
    FROM sighting
)
SELECT domain, field, weightiest.state, weightiest.why, weightiest.source, weightiest.observed_at
FROM (
    SELECT
        domain,
        field,
        -- of equally weighty ones always the same
        arg_max(
            {'state': state, 'why': why, 'source': source, 'observed_at': observed_at},
            (weight, state, coalesce(why, ''), source)
        ) AS weightiest
    FROM statement
    GROUP BY domain, field
)
