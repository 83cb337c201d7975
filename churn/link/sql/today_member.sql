-- Step 8b. Today's members by name, each with the identity of its cluster, and its place among them in the order of tables: by
-- cluster and domain. Clusters are put in order before, as a number is compared in less time than a long text.
SELECT
    member.id,
    member.component,
    named.cluster_id,
    window_domain.domain,
    member.role,
    CAST(row_number() OVER (ORDER BY named.place, window_domain.domain) - 1 AS INTEGER) AS place
FROM member
INNER JOIN (SELECT component, cluster_id, row_number() OVER (ORDER BY cluster_id) AS place FROM identity) AS named
    ON named.component = member.component
INNER JOIN window_domain ON window_domain.id = member.id
