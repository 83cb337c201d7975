-- Hops 3. Pairs of clusters (a before b) that share two values of owners or more, which hardly anybody else has: of the
-- domains that have the value these two clusters have two thirds, so one of them at least one third.
WITH owner AS (
    SELECT DISTINCT field, value, domain
    FROM evidence_row
    WHERE field IN ('registrant_email', 'registrant_phone', 'registrant_org', 'certificate_key')
),
value_count AS (
    SELECT field, value, count(*) AS domains FROM owner GROUP BY field, value HAVING count(*) >= 2
),
held AS (
    SELECT owner.field, owner.value, hop_member.cluster_id, count(*) AS domains, any_value(value_count.domains) AS everywhere
    FROM owner
    INNER JOIN hop_member ON hop_member.domain = owner.domain
    INNER JOIN value_count ON value_count.field = owner.field AND value_count.value = owner.value
    GROUP BY owner.field, owner.value, hop_member.cluster_id
),
shared AS (
    SELECT DISTINCT
        one.field,
        one.value,
        least(one.cluster_id, other.cluster_id) AS a,
        greatest(one.cluster_id, other.cluster_id) AS b
    FROM held AS one
    INNER JOIN held AS other ON other.field = one.field AND other.value = one.value AND other.cluster_id <> one.cluster_id
    WHERE one.domains * 3 >= one.everywhere AND (one.domains + other.domains) * 3 >= one.everywhere * 2
),
counted AS (
    SELECT
        shared.a,
        shared.b,
        count(DISTINCT (shared.field, shared.value)) AS shared_values,
        least(
            count(DISTINCT hop_member.domain) FILTER (hop_member.cluster_id = shared.a),
            count(DISTINCT hop_member.domain) FILTER (hop_member.cluster_id = shared.b)
        ) AS domains
    FROM shared
    INNER JOIN owner ON owner.field = shared.field AND owner.value = shared.value
    INNER JOIN hop_member ON hop_member.domain = owner.domain AND hop_member.cluster_id IN (shared.a, shared.b)
    GROUP BY shared.a, shared.b
)
SELECT a, b, domains
FROM counted
WHERE shared_values >= 2 AND domains >= 2
