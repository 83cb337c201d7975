-- How many domains of the window have a value that members have, and how many of them are in the cluster.
WITH observed AS NOT MATERIALIZED (
    SELECT domain, 'address' AS kind, unnest(list_concat(coalesce(a, []), coalesce(aaaa, []))) AS value
    FROM hosting WHERE day BETWEEN $since AND $day
    UNION ALL
    SELECT domain, 'name_server', unnest(ns) FROM hosting WHERE day BETWEEN $since AND $day
    UNION ALL
    SELECT domain, 'mail_exchanger', unnest(mx) FROM hosting WHERE day BETWEEN $since AND $day
    UNION ALL
    SELECT domain, 'primary', soa_mname FROM hosting WHERE day BETWEEN $since AND $day
    UNION ALL
    SELECT domain, 'certificate', sha256 FROM certificate WHERE day BETWEEN $since AND $day
    UNION ALL
    SELECT domain, 'serial', serial FROM certificate WHERE day BETWEEN $since AND $day
),
here AS (
    SELECT member.cluster_id, observed.kind, observed.value, count(DISTINCT observed.domain) AS in_cluster
    FROM observed
    INNER JOIN member USING (domain)
    WHERE observed.value IS NOT NULL
    GROUP BY ALL
),
everywhere AS (
    SELECT kind, value, count(DISTINCT domain) AS domains_with_value
    FROM observed
    SEMI JOIN here ON here.kind = observed.kind AND here.value = observed.value
    GROUP BY ALL
)
SELECT here.cluster_id, here.kind, here.value, everywhere.domains_with_value, here.in_cluster
FROM here
INNER JOIN everywhere ON everywhere.kind = here.kind AND everywhere.value = here.value
ORDER BY ALL
