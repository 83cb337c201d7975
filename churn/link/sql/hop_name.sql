-- Hops 2. Pairs of clusters (a before b), one of them young, with labels that correspond under different suffixes: that are the
-- same, mistaken for each other, or one edit apart (`hop_near`).
-- By chance: as often as labels of other clusters that have no lineage in common correspond, and not less than one pair in
-- the whole window.
WITH label AS (
    SELECT cluster_id, young, label, suffix, skeleton FROM hop_member WHERE len(label) >= 6
),
alike AS (
    SELECT seed, name FROM hop_near
    UNION ALL
    SELECT DISTINCT skeleton, skeleton FROM label WHERE young
),
close AS (
    SELECT
        young.skeleton AS seed,
        young.label AS young_label,
        young.suffix AS young_suffix,
        young.cluster_id AS young_cluster,
        other.label,
        other.suffix,
        other.cluster_id
    FROM label AS young
    INNER JOIN alike ON alike.seed = young.skeleton
    INNER JOIN label AS other ON other.skeleton = alike.name
    WHERE young.young
),
telling AS (
    -- what hundreds of names are like tells nothing of two clusters
    SELECT seed FROM close GROUP BY seed HAVING count(DISTINCT label || suffix) <= 200
),
corresponding AS (
    SELECT
        least(young_cluster, cluster_id) AS a,
        greatest(young_cluster, cluster_id) AS b,
        CASE WHEN young_cluster < cluster_id THEN young_label ELSE label END AS label_a,
        CASE WHEN young_cluster < cluster_id THEN label ELSE young_label END AS label_b
    FROM close
    SEMI JOIN telling ON telling.seed = close.seed
    WHERE young_cluster <> cluster_id
        AND young_suffix <> suffix
        AND (young_label = label OR regexp_replace(young_label, '[0-9]', '', 'g') <> regexp_replace(label, '[0-9]', '', 'g'))
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
