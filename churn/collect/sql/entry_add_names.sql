-- One name or URL a line. Comments begin with # or ; at the start of a line, or with # after a space.
INSERT INTO entry
SELECT
    $digest, $fetched_at, line, CASE WHEN contains(text, '#') THEN regexp_replace(text, '\s#.*$', '') ELSE text END,
    NULL, NULL, NULL, NULL, NULL
FROM text_line
WHERE NOT regexp_matches(text, '^\s*([#;]|$)')
ORDER BY line
LIMIT $maximum_rows
