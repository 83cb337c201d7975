-- The ledger: why each domain is in its cluster, strongest first, at most 20.
SELECT link.domain, family, field, value, domains_with_value, in_cluster, weight, source, observed_at
FROM link
INNER JOIN item ON item.domain = link.domain AND item.cluster_id = link.cluster_id
SEMI JOIN recipient ON recipient.recipient = item.recipient
WHERE link.day = $day AND item.state IN ('new', 'repeat', 'not_alleged')
QUALIFY row_number() OVER (PARTITION BY link.domain ORDER BY weight DESC NULLS LAST, family, field, value) <= 20
ORDER BY link.domain, weight DESC NULLS LAST, family, field, value
