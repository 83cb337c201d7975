-- Step 1c. Evidence: what a domain has that another may share, one row a domain and value, in independent families.
-- A creation time is one registrar's: many are born anywhere in a minute, few at one registrar.
CREATE TABLE trait AS
WITH name_part AS (
    SELECT
        id,
        first_day,
        split_part(domain, '.', 1) AS label,
        substr(domain, strpos(domain, '.')) AS suffix,
        -- one run of letters says nothing, and an IDN's A-label is an encoding
        regexp_matches(split_part(domain, '.', 1), '[0-9-]') AND NOT starts_with(domain, 'xn--') AS has_structure
    FROM window_domain
),
observed AS (
    SELECT id, 'owner' AS family, 'registrant_email' AS field, registrant_email_hash AS value, 'registration' AS source, observed_at
    FROM newest_registration
    UNION ALL
    SELECT id, 'owner', 'registrant_phone', registrant_phone_hash, 'registration', observed_at FROM newest_registration
    UNION ALL
    SELECT id, 'owner', 'registrant_org', registrant_org_hash, 'registration', observed_at FROM newest_registration
    UNION ALL
    -- a creation "at midnight" is a date without a time
    SELECT id, 'registration', 'created_minute', registrar_iana_id || ' ' || strftime(created_at, '%Y-%m-%d %H:%M'),
        'registration', observed_at
    FROM newest_registration WHERE created_at <> date_trunc('day', created_at)
    UNION ALL
    SELECT id, 'registration', 'created_second', registrar_iana_id || ' ' || strftime(created_at, '%Y-%m-%d %H:%M:%S'),
        'registration', observed_at
    FROM newest_registration WHERE created_at <> date_trunc('day', created_at)
    UNION ALL
    -- the day on which a feed of new names first had it: known of every name, and weak, so only names are paired with it
    SELECT id, 'arrival', 'arrival_day', strftime(registered_day, '%Y-%m-%d'), 'sighting', registered_day
    FROM window_domain WHERE registered_day IS NOT NULL
    UNION ALL
    SELECT id, 'infrastructure', 'name_servers', array_to_string(ns, ' '), 'hosting', observed_at
    FROM newest_hosting WHERE len(ns) > 0
    UNION ALL
    SELECT id, 'infrastructure', 'address', unnest(a[1:4]), 'hosting', observed_at FROM newest_hosting
    UNION ALL
    SELECT id, 'infrastructure', 'prefix', unnest(list_distinct(list_transform(a[1:4],
        lambda address: regexp_replace(address, '[0-9]+$', '0/24')))), 'hosting', observed_at
    FROM newest_hosting
    UNION ALL
    SELECT id, 'infrastructure', 'mail_exchangers', array_to_string(mx, ' '), 'hosting', observed_at
    FROM newest_hosting WHERE len(mx) > 0
    UNION ALL
    SELECT id, 'infrastructure', 'soa_mailbox', soa_rname, 'hosting', observed_at FROM newest_hosting
    UNION ALL
    SELECT window_domain.id, 'infrastructure', 'certificate_key', spki_sha256, 'certificate', max(observed_at)
    FROM certificate INNER JOIN window_domain USING (domain)
    GROUP BY window_domain.id, spki_sha256
    UNION ALL
    -- runs of letters as one w, each digit as a 9: silver-panda42.example -> w-w99.example
    SELECT id, 'name', 'template', regexp_replace(regexp_replace(label, '[a-z]+', 'w', 'g'), '[0-9]', '9', 'g') || suffix,
        'name', first_day
    FROM name_part WHERE has_structure
    UNION ALL
    -- each letter as an a, each digit as a 9: the same, with its lengths, under any top-level domain
    SELECT id, 'name', 'shape', regexp_replace(regexp_replace(label, '[a-z]', 'a', 'g'), '[0-9]', '9', 'g'), 'name', first_day
    FROM name_part WHERE has_structure
    UNION ALL
    -- the label without a counter at its end, under any top-level domain
    SELECT id, 'name', 'stem', rtrim(label, '0123456789-'), 'name', first_day
    FROM name_part WHERE len(rtrim(label, '0123456789-')) >= 4
    UNION ALL
    SELECT id, 'name', 'word', word, 'name', first_day
    FROM (SELECT id, first_day, unnest(list_distinct(string_split(label, '-'))) AS word FROM name_part WHERE contains(label, '-'))
    WHERE len(word) BETWEEN 4 AND 30
    UNION ALL
    SELECT DISTINCT window_domain.id, 'report', 'series', series_hash, 'sighting', seen_at
    FROM sighting INNER JOIN window_domain USING (domain) WHERE kind = 'reported'
    UNION ALL
    -- names that a feed added within the same minute; a midnight is a date without a time
    SELECT DISTINCT window_domain.id, 'report', 'batch', feed || ' ' || strftime(seen_at, '%Y-%m-%d %H:%M'), 'sighting', seen_at
    FROM sighting INNER JOIN window_domain USING (domain)
    WHERE kind = 'reported' AND seen_at <> date_trunc('day', seen_at)
)
SELECT id, family, field, value, any_value(source) AS source, max(observed_at) AS observed_at
FROM observed
WHERE value <> ''
GROUP BY id, family, field, value
