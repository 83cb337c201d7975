-- Evidence: what a domain has that another may share, one row a domain and value, in families that are independent of each
-- other; two fields of one family are not. The linking reads this very view over the facts of its window.
CREATE OR REPLACE VIEW evidence AS
WITH listed AS (
    SELECT
        domain,
        min(seen_at) AS seen_at,
        min(day) FILTER (kind = 'registered') AS registered_day,
        split_part(domain, '.', 1) AS label,
        substr(domain, strpos(domain, '.')) AS suffix,
        -- one run of letters says nothing, and an IDN's A-label is an encoding
        regexp_matches(split_part(domain, '.', 1), '[0-9-]') AND NOT starts_with(domain, 'xn--') AS has_structure
    FROM sighting
    WHERE kind IN ('registered', 'reported')
    GROUP BY domain
),
observed AS (
    SELECT domain, 'owner' AS family, 'registrant_email' AS field, registrant_email_hash AS value, 'registration' AS source,
        observed_at
    FROM registration
    UNION ALL
    SELECT domain, 'owner', 'registrant_phone', registrant_phone_hash, 'registration', observed_at FROM registration
    UNION ALL
    SELECT domain, 'owner', 'registrant_org', registrant_org_hash, 'registration', observed_at FROM registration
    UNION ALL
    -- A creation time is one registrar's: many are born anywhere in a minute, few at one registrar. A creation "at midnight"
    -- is a date without a time.
    SELECT domain, 'registration', 'created_minute', registrar_iana_id || ' ' || strftime(created_at, '%Y-%m-%d %H:%M'),
        'registration', observed_at
    FROM registration WHERE created_at <> date_trunc('day', created_at)
    UNION ALL
    SELECT domain, 'registration', 'created_second', registrar_iana_id || ' ' || strftime(created_at, '%Y-%m-%d %H:%M:%S'),
        'registration', observed_at
    FROM registration WHERE created_at <> date_trunc('day', created_at)
    UNION ALL
    SELECT domain, 'infrastructure', 'name_servers', array_to_string(ns, ' '), 'hosting', observed_at
    FROM hosting WHERE len(ns) > 0
    UNION ALL
    SELECT domain, 'infrastructure', 'address', unnest(a[1:4]), 'hosting', observed_at FROM hosting
    UNION ALL
    SELECT domain, 'infrastructure', 'prefix', unnest(list_distinct(list_transform(a[1:4],
        lambda address: regexp_replace(address, '[0-9]+$', '0/24')))), 'hosting', observed_at
    FROM hosting
    UNION ALL
    -- Mail exchangers and mailboxes of the operator of the name servers say no more than those do; and they are known of
    -- chosen names only, so those of a hub would look rare.
    SELECT domain, 'infrastructure', 'mail_exchangers', array_to_string(mx, ' '), 'hosting', observed_at
    FROM hosting WHERE len(mx) > 0 AND NOT coalesce(regexp_matches(ns[1], '[.].*[.]') AND ends_with(mx[1], regexp_replace(ns[1], '^[^.]*', '')), false)
    UNION ALL
    SELECT domain, 'infrastructure', 'soa_mailbox', soa_rname, 'hosting', observed_at
    FROM hosting WHERE NOT coalesce(regexp_matches(ns[1], '[.].*[.]') AND ends_with(soa_rname, regexp_replace(ns[1], '^[^.]*', '')), false)
    UNION ALL
    SELECT domain, 'infrastructure', 'certificate_key', spki_sha256, 'certificate', observed_at FROM certificate
    UNION ALL
    -- runs of letters as one w, each digit as a 9: silver-panda42.example -> w-w99.example
    SELECT domain, 'name', 'template', regexp_replace(regexp_replace(label, '[a-z]+', 'w', 'g'), '[0-9]', '9', 'g') || suffix,
        'name', seen_at
    FROM listed WHERE has_structure
    UNION ALL
    -- each letter as an a, each digit as a 9: the same, with its lengths, under any top-level domain
    SELECT domain, 'name', 'shape', regexp_replace(regexp_replace(label, '[a-z]', 'a', 'g'), '[0-9]', '9', 'g'), 'name', seen_at
    FROM listed WHERE has_structure
    UNION ALL
    -- the label without a counter at its end, under any top-level domain
    SELECT domain, 'name', 'stem', rtrim(label, '0123456789-'), 'name', seen_at
    FROM listed WHERE len(rtrim(label, '0123456789-')) >= 4
    UNION ALL
    SELECT domain, 'name', 'word', word, 'name', seen_at
    FROM (SELECT domain, seen_at, unnest(list_distinct(string_split(label, '-'))) AS word FROM listed WHERE contains(label, '-'))
    WHERE len(word) BETWEEN 4 AND 30
    UNION ALL
    -- the day on which a feed of new names first had it: known of every name, and weak, so only names are paired with it
    SELECT domain, 'arrival', 'arrival_day', strftime(registered_day, '%Y-%m-%d'), 'sighting', registered_day
    FROM listed WHERE registered_day IS NOT NULL
    UNION ALL
    SELECT domain, 'report', 'series', series_hash, 'sighting', seen_at FROM sighting WHERE kind = 'reported'
    UNION ALL
    -- names that a feed added within the same minute; a midnight is a date without a time
    SELECT domain, 'report', 'batch', feed || ' ' || strftime(seen_at, '%Y-%m-%d %H:%M'), 'sighting', seen_at
    FROM sighting WHERE kind = 'reported' AND seen_at <> date_trunc('day', seen_at)
)
SELECT
    domain,
    family,
    field,
    value,
    any_value(source) AS source,
    min(observed_at) AS first_seen,
    max(observed_at) AS last_seen
FROM observed
WHERE value <> ''
GROUP BY domain, family, field, value
