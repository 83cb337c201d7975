-- Step 8b. Today's members by name, each with the identity of its cluster.
SELECT member.id, member.component, identity.cluster_id, window_domain.domain, member.role
FROM member
INNER JOIN identity ON identity.component = member.component
INNER JOIN window_domain ON window_domain.id = member.id
