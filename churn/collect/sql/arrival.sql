-- What came of a feed on a day, in figures. Addresses, public suffixes and leaked NSEC3 owners are no names of ours but no
-- sign of a broken list either.
SELECT
    (SELECT count(*) FROM named_entry) + (SELECT count(*) FROM unread) + (SELECT coalesce(sum(names), 0) FROM tally) AS lines,
    count(*) FILTER (
        name_fqdn IS NULL
        AND NOT hashed
        AND name_reason NOT LIKE 'an IP address%'
        AND name_reason NOT LIKE 'a public suffix%'
    ) + (SELECT count(*) FROM unread) AS foreign_lines,
    count(*) FILTER (name_fqdn IS NULL) + (SELECT count(*) FROM unread) AS rejects,
    count(DISTINCT name_fqdn) AS names,
    (
        SELECT left(string_agg(remark || CASE WHEN times > 1 THEN ' (' || times || ' times)' ELSE '' END, '; ' ORDER BY remark), 500)
        FROM (SELECT remark, count(*) AS times FROM tally WHERE remark IS NOT NULL GROUP BY remark)
    ) AS remarks
FROM named_entry
