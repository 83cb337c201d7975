-- Rows of a CSV list whose columns have been given our names.
INSERT INTO entry
SELECT $digest, $fetched_at, line, name_text, seen_text, reference, label, series, NULL
FROM given
WHERE row <= $maximum_rows AND name_text IS NOT NULL AND kept
