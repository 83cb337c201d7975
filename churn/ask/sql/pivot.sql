-- Domains that share a value.
SELECT
    evidence.domain,
    evidence.first_seen,
    evidence.last_seen,
    domain.state,
    count(*) OVER () AS domains_with_value
FROM evidence
LEFT JOIN domain USING (domain)
WHERE evidence.field = $field AND evidence.value = $value
ORDER BY evidence.first_seen, evidence.domain
LIMIT $limit
