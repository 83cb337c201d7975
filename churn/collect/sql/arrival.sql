-- What came of a feed on a day, in figures. Addresses and public suffixes are no names of ours but no sign of a broken
-- list either.
SELECT
    (SELECT count(*) FROM named_entry) + (SELECT count(*) FROM unread) AS lines,
    count(*) FILTER (
        name_fqdn IS NULL AND name_reason NOT LIKE 'an IP address%' AND name_reason NOT LIKE 'a public suffix%'
    ) + (SELECT count(*) FROM unread) AS foreign_lines,
    count(*) FILTER (name_fqdn IS NULL) + (SELECT count(*) FROM unread) AS rejects
FROM named_entry
