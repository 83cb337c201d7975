-- Step 7d. The values that hold the members, in words, with where and when each was seen last.
SELECT tie.id, tie.code, min(evidence_row.value) AS text, min(evidence_row.source) AS source, max(evidence_row.observed_at) AS observed_at
FROM evidence_row
INNER JOIN window_domain ON window_domain.domain = evidence_row.domain
INNER JOIN field ON field.name = evidence_row.field
INNER JOIN candidate_value
    ON candidate_value.field = field.field AND candidate_value.value = number_of(evidence_row.value)
INNER JOIN tie ON tie.id = window_domain.id AND tie.code = candidate_value.code
GROUP BY tie.id, tie.code
