-- Hops 2. Pairs of clusters (a before b), one of them young, with labels that correspond under different suffixes: one is a
-- variant of the other (`hop_variant`).
-- By chance: as often as labels of other clusters that have no lineage in common correspond, and not less than one pair in
-- the whole window.
WITH label AS (
    SELECT cluster_id, young, label, suffix FROM hop_member WHERE len(label) >= $shortest
),
close AS (
    SELECT
        young.label AS young_label,
        young.suffix AS young_suffix,
        young.cluster_id AS young_cluster,
        other.label,
        other.suffix,
        other.cluster_id,
        hop_variant.how
    FROM hop_variant
    INNER JOIN label AS young ON young.label = hop_variant.given_label
    INNER JOIN label AS other ON other.label = hop_variant.label
    WHERE young.young
),
telling AS (
    -- what hundreds of names are like, a counter's too, tells nothing of two clusters
    SELECT young_label FROM close GROUP BY young_label HAVING count(DISTINCT label || suffix) <= 200
),
corresponding AS (
    SELECT
        least(young_cluster, cluster_id) AS a,
        greatest(young_cluster, cluster_id) AS b,
        CASE WHEN young_cluster < cluster_id THEN young_label ELSE label END AS label_a,
        CASE WHEN young_cluster < cluster_id THEN label ELSE young_label END AS label_b
    FROM close
    SEMI JOIN telling ON telling.young_label = close.young_label
    WHERE young_cluster <> cluster_id AND young_suffix <> suffix AND how <> 'counter'
),
pair AS (
    SELECT a, b, least(count(DISTINCT label_a), count(DISTINCT label_b)) AS domains FROM corresponding GROUP BY a, b
),
size AS (
    SELECT cluster_id, any_value(young) AS young, count(DISTINCT label) AS labels FROM label GROUP BY cluster_id
),
unrelated AS (
    SELECT a, b, domains FROM pair ANTI JOIN hop_told USING (a, b)
),
total AS (
    SELECT
        (SELECT sum(domains) FROM unrelated) AS domains,
        (SELECT (sum(labels)::DOUBLE ** 2 - coalesce(sum(labels) FILTER (NOT young), 0)::DOUBLE ** 2) / 2 FROM size) AS pairs,
        $domains::DOUBLE ** 2 / 2 AS window_pairs
),
expected AS (
    SELECT
        unrelated.a,
        unrelated.b,
        unrelated.domains,
        size_a.labels * size_b.labels * ((total.domains - unrelated.domains) / total.pairs + 1 / total.window_pairs) AS expected
    FROM unrelated
    INNER JOIN size AS size_a ON size_a.cluster_id = unrelated.a
    INNER JOIN size AS size_b ON size_b.cluster_id = unrelated.b
    CROSS JOIN total
)
SELECT a, b, domains
FROM expected
WHERE domains >= 3 AND domains > expected AND domains * ln(domains / expected) - (domains - expected) >= $tau
