-- Hops 2. Pairs of clusters (a before b) with labels that correspond under different suffixes. Two labels are at most one
-- edit apart only where they are equal after one character at most is left out of each; what is equal so is then measured.
-- By chance: as often as labels of other clusters that have no lineage in common correspond, and not less than one pair in
-- the whole window.
WITH label AS (
    SELECT DISTINCT cluster_id, label, suffix, skeleton, regexp_replace(label, '[0-9]', '', 'g') AS letters
    FROM hop_member
    WHERE len(label) >= 6
),
shortened AS (
    SELECT
        cluster_id,
        label,
        suffix,
        skeleton,
        letters,
        unnest(list_distinct(list_prepend(skeleton, list_transform(
            range(1, len(skeleton) + 1), lambda place: skeleton[:place - 1] || skeleton[place + 1:]
        )))) AS form
    FROM label
),
telling AS (
    -- what twenty clusters have tells nothing of two of them
    SELECT form
    FROM shortened
    GROUP BY form
    HAVING count(DISTINCT cluster_id) BETWEEN 2 AND 20 AND count(*) <= 1000
),
corresponding AS (
    SELECT DISTINCT one.cluster_id AS a, other.cluster_id AS b, one.label AS label_a, other.label AS label_b
    FROM shortened AS one
    SEMI JOIN telling ON telling.form = one.form
    INNER JOIN shortened AS other ON other.form = one.form
    WHERE one.cluster_id < other.cluster_id
        AND one.suffix <> other.suffix
        AND (one.label = other.label OR one.letters <> other.letters)
        AND damerau_levenshtein(one.skeleton, other.skeleton) <= 1
),
pair AS (
    SELECT a, b, least(count(DISTINCT label_a), count(DISTINCT label_b)) AS domains
    FROM corresponding
    GROUP BY a, b
),
size AS (
    SELECT cluster_id, count(DISTINCT label) AS labels FROM label GROUP BY cluster_id
),
unrelated AS (
    SELECT a, b, domains FROM pair ANTI JOIN hop_told USING (a, b)
),
total AS (
    SELECT
        (SELECT sum(domains) FROM unrelated) AS domains,
        (SELECT sum(labels) FROM size)::DOUBLE ** 2 / 2 AS pairs,
        (SELECT count(*) FROM window_domain)::DOUBLE ** 2 / 2 AS window_pairs
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
