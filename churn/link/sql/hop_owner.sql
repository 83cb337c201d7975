-- Hops 3. Pairs of clusters (a before b) that share two values of owners or more, which hardly anybody else has: of the
-- window's domains that have the value these two clusters have two thirds, so one of them at least one third.
WITH held AS (
    SELECT owner.code, hop_member.cluster_id, count(*) AS domains, any_value(candidate_value.domains) AS everywhere
    FROM owner
    INNER JOIN hop_member ON hop_member.id = owner.id
    INNER JOIN candidate_value ON candidate_value.code = owner.code
    GROUP BY owner.code, hop_member.cluster_id
),
common AS (
    SELECT DISTINCT
        one.code,
        least(one.cluster_id, other.cluster_id) AS a,
        greatest(one.cluster_id, other.cluster_id) AS b
    FROM held AS one
    INNER JOIN held AS other ON other.code = one.code AND other.cluster_id <> one.cluster_id
    WHERE one.domains * 3 >= one.everywhere AND (one.domains + other.domains) * 3 >= one.everywhere * 2
),
counted AS (
    SELECT
        common.a,
        common.b,
        count(DISTINCT common.code) AS shared_values,
        least(
            count(DISTINCT hop_member.id) FILTER (hop_member.cluster_id = common.a),
            count(DISTINCT hop_member.id) FILTER (hop_member.cluster_id = common.b)
        ) AS domains,
        bool_or(hop_member.young) AS young
    FROM common
    INNER JOIN owner ON owner.code = common.code
    INNER JOIN hop_member ON hop_member.id = owner.id AND hop_member.cluster_id IN (common.a, common.b)
    GROUP BY common.a, common.b
)
SELECT a, b, domains
FROM counted
WHERE shared_values >= 2 AND domains >= 2 AND young
