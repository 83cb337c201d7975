-- Entries that hold no name, and lines that are no entries.
CREATE OR REPLACE TEMP TABLE reject_of_day AS
SELECT $feed AS feed_or_table, $day::DATE AS day, line, reason, printable_text(excerpt, 200) AS excerpt
FROM (
    SELECT line, name_reason AS reason, name_text AS excerpt FROM named_entry WHERE name_fqdn IS NULL
    UNION ALL
    FROM unread
)
ORDER BY line
LIMIT $at_most
