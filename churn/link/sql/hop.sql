-- Hops 4b. From the older cluster to the younger one; one of the two that stands no more is always the older. Two that began
-- on one day did not hop.
WITH found AS (
    SELECT a, b, max(domains) AS domains
    FROM (SELECT a, b, domains FROM hop_name UNION ALL SELECT a, b, domains FROM hop_owner)
    GROUP BY a, b
),
cluster AS (
    SELECT cluster_id, any_value(first_day) AS first_day, any_value(standing) AS standing FROM hop_member GROUP BY cluster_id
),
directed AS (
    SELECT
        found.a,
        found.b,
        found.domains,
        one.standing > other.standing
            OR (one.standing = other.standing AND one.first_day > other.first_day) AS a_is_younger
    FROM found
    INNER JOIN cluster AS one ON one.cluster_id = found.a
    INNER JOIN cluster AS other ON other.cluster_id = found.b
    ANTI JOIN hop_told ON hop_told.a = found.a AND hop_told.b = found.b
    WHERE (one.standing OR other.standing) AND (one.standing <> other.standing OR one.first_day <> other.first_day)
)
SELECT
    CASE WHEN a_is_younger THEN a ELSE b END AS cluster_id,
    CASE WHEN a_is_younger THEN b ELSE a END AS related_id,
    'hops' AS relation,
    domains AS shared_domains
FROM directed
ORDER BY cluster_id, related_id
