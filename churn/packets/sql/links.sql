-- The ledger: why each domain is in its cluster, strongest first, at most 20.
SELECT link.domain, family, field, value, domains_with_value, in_cluster, weight, source, observed_at
FROM link
SEMI JOIN (
    SELECT domain, cluster_id
    FROM item
    SEMI JOIN recipient USING (scope, recipient)
    WHERE state IN ('new', 'repeat', 'not_alleged')
) AS told_of ON told_of.domain = link.domain AND told_of.cluster_id = link.cluster_id
WHERE link.day = $day
QUALIFY row_number() OVER (PARTITION BY link.domain ORDER BY weight DESC NULLS LAST, family, field, value) <= 20
ORDER BY link.domain, weight DESC NULLS LAST, family, field, value
