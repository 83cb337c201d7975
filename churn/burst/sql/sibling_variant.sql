-- Siblings 2d. The day's arrivals whose label is a variant of that of a reported member (`alike`), and what speaks for each: how,
-- how long ago the nearest member came, how many members it is a variant of, how long it is, and how many unreported names of
-- the 28 days before were as near (a common word has many neighbours): with that label, or one edit off (`near_before`).
WITH neighbour AS (
    SELECT DISTINCT given_label AS label, given_label AS name FROM alike
    UNION ALL
    SELECT seed, name FROM near_before
),
crowd AS (
    SELECT neighbour.label, sum(variant_before.names) AS names
    FROM neighbour
    INNER JOIN variant_before ON variant_before.label = neighbour.name
    GROUP BY neighbour.label
)
SELECT
    member.cluster_id,
    arrival.domain,
    ln(1 + min(member.age)) AS age,
    max(CASE WHEN alike.how = 'same' THEN 1.0 ELSE 0.0 END) AS same,
    max(CASE WHEN alike.how = 'mistaken' THEN 1.0 ELSE 0.0 END) AS mistaken,
    ln(len(arrival.label)) AS length,
    ln(count(DISTINCT member.domain)) AS members,
    ln(1 + min(coalesce(crowd.names, 0))) AS crowd
FROM alike
INNER JOIN variant_arrival AS arrival ON arrival.label = alike.label
INNER JOIN variant_member AS member ON member.label = alike.given_label
LEFT JOIN crowd ON crowd.label = alike.given_label
ANTI JOIN (SELECT cluster_id, domain FROM cluster_member WHERE day = $day) AS inside
    ON inside.cluster_id = member.cluster_id AND inside.domain = arrival.domain
GROUP BY member.cluster_id, arrival.domain, arrival.label
