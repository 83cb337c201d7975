-- Step 7d. The values that hold somebody, in words: as they are known, or as their witnesses have them; each
-- with its place among them in the order of tables.
WITH worded AS (
    SELECT code, value FROM known_value
    UNION ALL
    SELECT tied_value.code, min(evidence_row.value)
    FROM evidence_row
    INNER JOIN field ON field.name = evidence_row.field
    INNER JOIN tied_value ON tied_value.field = field.field AND tied_value.value = number_of(evidence_row.value)
    INNER JOIN witness ON witness.code = tied_value.code AND witness.domain = evidence_row.domain
    GROUP BY tied_value.code
)
SELECT
    worded.code,
    field.family,
    field.name AS field,
    field.source,
    worded.value,
    tied_value.domains,
    tied_value.field_domains,
    CAST(row_number() OVER (ORDER BY field.name, worded.value) - 1 AS INTEGER) AS place
FROM worded
INNER JOIN tied_value ON tied_value.code = worded.code
INNER JOIN field ON field.field = tied_value.field
