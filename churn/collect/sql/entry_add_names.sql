-- One name or URL a line. Comments begin with # or ; at the start of a line, or with # after a space.
INSERT INTO entry
SELECT
    $digest, $fetched_at, line,
    CASE WHEN contains(text, '#') THEN regexp_replace(text, '\s#.*$', '') ELSE text END,
    NULL, NULL, NULL, NULL, NULL
FROM text_line
-- nearly all lines begin with a letter or a digit, which needs no second look
WHERE CASE WHEN ascii(text) >= 48 AND ascii(text) <> 59 THEN true ELSE NOT regexp_matches(text, '^\s*([#;]|$)') END
