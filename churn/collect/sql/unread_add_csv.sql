-- Lines that are no CSV of as many columns as the header has; `skipped` lines stand before what was read.
INSERT INTO unread
SELECT
    $skipped + line,
    CASE error_type
        WHEN 'MISSING COLUMNS' THEN 'fewer columns than the header has'
        WHEN 'TOO MANY COLUMNS' THEN 'more columns than the header has'
        WHEN 'UNQUOTED VALUE' THEN 'a quotation mark that is never closed, or stands inside a value'
        WHEN 'LINE SIZE OVER MAXIMUM' THEN 'a line longer than 1 MiB'
        WHEN 'INVALID ENCODING' THEN 'not UTF-8'
        ELSE 'not readable as CSV'
    END,
    csv_line
FROM reject_errors
QUALIFY row_number() OVER (PARTITION BY line ORDER BY error_type) = 1
