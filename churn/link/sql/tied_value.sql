-- Step 7d. The values that hold somebody.
SELECT candidate_value.code, candidate_value.field, candidate_value.value, candidate_value.domains, candidate_value.field_domains
FROM candidate_value
WHERE candidate_value.code IN (SELECT code FROM tie)
