-- Step 8b. Today's members by name, each with the identity of its cluster, and its place among them in the order of tables.
SELECT
    member.id,
    member.component,
    identity.cluster_id,
    window_domain.domain,
    member.role,
    CAST(row_number() OVER (ORDER BY identity.cluster_id, window_domain.domain) - 1 AS INTEGER) AS place
FROM member
INNER JOIN identity ON identity.component = member.component
INNER JOIN window_domain ON window_domain.id = member.id
