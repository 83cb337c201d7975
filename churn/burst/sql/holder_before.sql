-- Verdicts 4. Of the day's holders of values (`holding`) those who show theirs in the facts of this database.
SELECT DISTINCT holding.subject, holding.domain
FROM holding
INNER JOIN evidence_row
    ON evidence_row.domain = holding.domain
        AND evidence_row.field = split_part(holding.subject, '=', 1)
        AND evidence_row.value = substr(holding.subject, strpos(holding.subject, '=') + 1)
