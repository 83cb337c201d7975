-- Verdicts 2. The domains that on a day show a value of which a verdict stands.
SELECT DISTINCT asked.subject, evidence_row.domain
FROM evidence_row
INNER JOIN (
    SELECT subject, split_part(subject, '=', 1) AS field, substr(subject, strpos(subject, '=') + 1) AS value
    FROM standing_verdict
    WHERE verdict IN ('benign', 'watch') AND contains(subject, '=')
) AS asked ON asked.field = evidence_row.field AND asked.value = evidence_row.value
