-- Step 1. What names may share before anybody asked a registry, one row an observation. `asked_with` says what it came
-- from: a plan looks at those traits of the day's names that were there before the plan, so that a day that is planned
-- again, with more observed meanwhile, is planned as before.
CREATE TEMP VIEW plan_trait AS
WITH listed AS (
    SELECT
        day,
        domain,
        seen_at,
        split_part(domain, '.', 1) AS label,
        substr(domain, strpos(domain, '.')) AS suffix
    FROM sighting
    WHERE kind IN ('registered', 'reported')
)
SELECT day, domain, 'infrastructure' AS family, 'name_servers' AS field, array_to_string(ns, ' ') AS value, 'NS' AS asked_with
FROM hosting WHERE len(ns) > 0
UNION ALL
SELECT day, domain, 'infrastructure', 'address', unnest(a[1:4]), 'A' FROM hosting
UNION ALL
SELECT day, domain, 'infrastructure', 'mail_exchangers', array_to_string(mx, ' '), 'MX' FROM hosting WHERE len(mx) > 0
UNION ALL
SELECT day, domain, 'infrastructure', 'soa_mailbox', soa_rname, 'SOA' FROM hosting WHERE soa_rname <> ''
UNION ALL
SELECT day, domain, 'infrastructure', 'certificate_key', spki_sha256, source FROM certificate WHERE spki_sha256 <> ''
UNION ALL
-- runs of letters as one w, each digit as a 9: silver-panda42.example -> w-w99.example; an IDN's A-label is an encoding
SELECT day, domain, 'name', 'template', regexp_replace(regexp_replace(label, '[a-z]+', 'w', 'g'), '[0-9]', '9', 'g') || suffix, 'name'
FROM listed WHERE regexp_matches(label, '[0-9-]') AND NOT starts_with(label, 'xn--')
UNION ALL
-- the label without a counter at its end, under any top-level domain
SELECT day, domain, 'name', 'stem', rtrim(label, '0123456789-'), 'name'
FROM listed WHERE len(rtrim(label, '0123456789-')) >= 4
UNION ALL
-- weak alone, telling together with infrastructure: the suffix, and the minute in which a feed had the name
SELECT day, domain, 'circumstance', 'suffix', suffix, 'name' FROM listed
UNION ALL
SELECT day, domain, 'circumstance', 'arrival_minute', strftime(seen_at, '%Y-%m-%d %H:%M'), 'name'
FROM listed WHERE seen_at <> date_trunc('day', seen_at)
