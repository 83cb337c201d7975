-- Entries that a reader in Python found.
INSERT INTO entry
SELECT $digest, $fetched_at, line, name_text, seen_text, reference, label, series, kind
FROM read_entries
LIMIT $maximum_rows
