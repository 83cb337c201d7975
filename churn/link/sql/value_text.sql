-- Step 7d. The values that hold somebody, in words: as their witnesses have them.
SELECT
    tied_value.code,
    max(field.family) AS family,
    max(field.name) AS field,
    max(field.source) AS source,
    min(evidence_row.value) AS value,
    max(tied_value.domains) AS domains,
    max(tied_value.field_domains) AS field_domains
FROM evidence_row
INNER JOIN field ON field.name = evidence_row.field
INNER JOIN tied_value ON tied_value.field = field.field AND tied_value.value = number_of(evidence_row.value)
INNER JOIN window_domain ON window_domain.domain = evidence_row.domain AND window_domain.id = tied_value.witness
GROUP BY tied_value.code
