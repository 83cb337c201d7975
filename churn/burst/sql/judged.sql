-- Verdicts 1. What the verdicts that stand say of the clusters of the day, one verdict a cluster: that of the cluster itself,
-- else that of a cluster which most of it comes from, else that of a value which most of its members are held by.
-- Successors are told by the lineage of the day and by what was said of the earlier cluster on its last day: who goes on or
-- comes again stays what it was; who took up another one, or parted from one, only where most of its domains were there. Where
-- something else is said of the earlier one since, it holds no more. A hop hands nothing on: names that look alike are what an
-- impostor would have.
CREATE TABLE judged AS
WITH today AS (
    SELECT cluster_id, size FROM cluster_day WHERE day = $day
),
earlier AS (
    SELECT cluster_id, subject, verdict
    FROM judgement
    WHERE day < $day AND how IN ('cluster', 'successor')
    QUALIFY row_number() OVER (PARTITION BY cluster_id ORDER BY day DESC) = 1
),
before AS (
    SELECT subject AS cluster_id, subject, verdict FROM standing_judgement
    UNION
    SELECT cluster_id, subject, verdict FROM earlier
),
descent AS (
    SELECT
        lineage.cluster_id,
        before.subject,
        before.verdict,
        bool_or(lineage.relation IN ('continues', 'revives')) AS is_same,
        sum(lineage.shared_domains) AS domains
    FROM lineage
    INNER JOIN before ON before.cluster_id = lineage.related_id
    WHERE lineage.day = $day AND lineage.relation IN ('continues', 'revives', 'merges', 'splits')
    GROUP BY lineage.cluster_id, before.subject, before.verdict
),
valued AS (
    SELECT link.cluster_id, asked.subject, asked.verdict, count(DISTINCT link.domain) AS domains
    FROM (
        SELECT subject, verdict, split_part(subject, '=', 1) AS field, substr(subject, strpos(subject, '=') + 1) AS value
        FROM standing_judgement
        WHERE contains(subject, '=')
    ) AS asked
    INNER JOIN link ON link.field = asked.field AND link.value = asked.value
    WHERE link.day = $day
    GROUP BY link.cluster_id, asked.subject, asked.verdict
),
said AS (
    SELECT today.cluster_id, given.subject, given.verdict, 'cluster' AS how, 1 AS place
    FROM today
    INNER JOIN standing_judgement AS given ON given.subject = today.cluster_id
    UNION ALL
    SELECT descent.cluster_id, descent.subject, descent.verdict, 'successor', 2
    FROM descent
    INNER JOIN today ON today.cluster_id = descent.cluster_id
    WHERE descent.subject <> descent.cluster_id AND (descent.is_same OR descent.domains * 2 > today.size)
    UNION ALL
    SELECT valued.cluster_id, valued.subject, valued.verdict, 'value', 3
    FROM valued
    INNER JOIN today ON today.cluster_id = valued.cluster_id
    WHERE valued.domains * 2 > today.size
)
SELECT
    CAST($day AS DATE) AS day,
    said.cluster_id,
    given.verdict,
    given.subject,
    said.how,
    given.given_by,
    given.given_at,
    given.note
FROM said
INNER JOIN standing_judgement AS given ON given.subject = said.subject AND given.verdict = said.verdict
QUALIFY row_number() OVER (PARTITION BY said.cluster_id ORDER BY said.place, given.given_at DESC, given.subject) = 1
