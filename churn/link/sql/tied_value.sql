-- Step 7d. The values that hold somebody, and the member with the smallest id that each holds: its facts have the value's text.
SELECT
    tied.code,
    tied.witness,
    candidate_value.field,
    candidate_value.value,
    candidate_value.domains,
    candidate_value.field_domains
FROM (SELECT code, min(id) AS witness FROM tie GROUP BY code) AS tied
INNER JOIN candidate_value ON candidate_value.code = tied.code
