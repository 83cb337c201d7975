-- Rows of an import that are put aside, with their line: the header, where there is one, is line 1, and each line that
-- could not be read at all shifts those after it.
CREATE OR REPLACE TEMP TABLE import_reject AS
WITH ragged AS (
    SELECT line - $header_lines + 1 - row_number() OVER (ORDER BY line) AS from_row, row_number() OVER (ORDER BY line) AS before
    FROM (SELECT DISTINCT line FROM unread)
),
faulty AS (
    SELECT row_place AS row, fault AS reason, fault_text AS excerpt FROM imported WHERE fault <> ''
),
placed AS (
    SELECT $header_lines + row + coalesce(before, 0) AS line, reason, excerpt
    FROM faulty
    ASOF LEFT JOIN ragged ON faulty.row >= ragged.from_row
    UNION ALL
    SELECT line, reason, excerpt FROM unread
)
SELECT $table AS feed_or_table, $day::DATE AS day, line, reason, printable_text(excerpt, 200) AS excerpt FROM placed
