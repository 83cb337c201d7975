-- Entries that a reader in Python found, but those that another content of the day has too.
INSERT INTO entry
SELECT $digest, $fetched_at, line, name_text, seen_text, reference, label, series, kind
FROM read_entries AS new
WHERE
    NOT EXISTS (
        FROM entry AS had
        WHERE
            had.name_text = new.name_text
            AND had.reference IS NOT DISTINCT FROM new.reference
            AND had.seen_text IS NOT DISTINCT FROM new.seen_text
            AND had.label IS NOT DISTINCT FROM new.label
    )
LIMIT $maximum_rows
