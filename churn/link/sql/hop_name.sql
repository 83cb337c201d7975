-- Hops 2. Pairs of clusters (a before b), one of them young, with labels that correspond under different suffixes. Two labels are
-- at most one edit apart only where they are equal after one character at most is left out of each; what is equal so is then
-- measured.
-- By chance: as often as labels of other clusters that have no lineage in common correspond, and not less than one pair in
-- the whole window.
WITH cluster AS MATERIALIZED (
    SELECT cluster_id, row_number() OVER (ORDER BY cluster_id) AS cluster FROM hop_member GROUP BY cluster_id
),
label AS MATERIALIZED (
    SELECT row_number() OVER () AS number, cluster.cluster, young, label, suffix, skeleton
    FROM hop_member
    INNER JOIN cluster USING (cluster_id)
    WHERE len(label) >= 6
),
every_form AS (
    SELECT
        number,
        cluster,
        young,
        CASE
            WHEN place < 0 THEN hash(skeleton)
            ELSE hash(left(skeleton, place::INTEGER) || substr(skeleton, place::INTEGER + 2))
        END AS form
    FROM label
    INNER JOIN range(-1, 256) AS places (place) ON place < len(skeleton)
),
young_form AS MATERIALIZED (
    SELECT DISTINCT form FROM every_form WHERE young
),
shortened AS MATERIALIZED (
    SELECT number, cluster, young, form FROM every_form SEMI JOIN young_form USING (form)
),
telling AS (
    -- what hundreds of names have tells nothing of two clusters
    SELECT form FROM shortened GROUP BY form HAVING min(cluster) <> max(cluster) AND count(*) <= 200
),
close AS (
    SELECT DISTINCT one.number AS a, other.number AS b
    FROM shortened AS one
    SEMI JOIN telling ON telling.form = one.form
    INNER JOIN shortened AS other ON other.form = one.form
    WHERE one.cluster < other.cluster AND (one.young OR other.young)
),
corresponding AS (
    SELECT one.cluster AS a, other.cluster AS b, one.label AS label_a, other.label AS label_b
    FROM close
    INNER JOIN label AS one ON one.number = close.a
    INNER JOIN label AS other ON other.number = close.b
    WHERE one.suffix <> other.suffix
        AND (one.label = other.label OR regexp_replace(one.label, '[0-9]', '', 'g') <> regexp_replace(other.label, '[0-9]', '', 'g'))
        AND damerau_levenshtein(one.skeleton, other.skeleton) <= 1
),
pair AS (
    SELECT one.cluster_id AS a, other.cluster_id AS b, least(count(DISTINCT label_a), count(DISTINCT label_b)) AS domains
    FROM corresponding
    INNER JOIN cluster AS one ON one.cluster = corresponding.a
    INNER JOIN cluster AS other ON other.cluster = corresponding.b
    GROUP BY one.cluster_id, other.cluster_id
),
size AS (
    SELECT cluster_id, any_value(young) AS young, count(DISTINCT label) AS labels
    FROM label
    INNER JOIN cluster USING (cluster)
    GROUP BY cluster_id
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
