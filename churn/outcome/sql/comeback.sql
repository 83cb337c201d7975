-- Step 3. What was told of and came back: under the same label elsewhere, or under a variant of it (`comeback_variant`); or the
-- domain itself, registered or active again.
WITH pair AS (
    SELECT told.domain, arrival.domain AS came_back_as, 'same_label' AS relation
    FROM comeback_told AS told
    INNER JOIN comeback_arrival AS arrival ON arrival.label = told.label
    UNION ALL
    SELECT told.domain, arrival.domain, CASE variant.how WHEN 'mistaken' THEN 'look_alike' ELSE 'one_edit' END
    FROM comeback_variant AS variant
    INNER JOIN comeback_told AS told ON told.label = variant.given_label
    INNER JOIN comeback_arrival AS arrival ON arrival.label = variant.label
    WHERE variant.how <> 'same'
),
hop AS (
    SELECT DISTINCT cluster_id, related_id FROM lineage WHERE relation = 'hops' AND day <= $day
),
elsewhere AS (
    SELECT
        pair.domain,
        pair.came_back_as,
        pair.relation,
        arrival.seen_at,
        arrival.cluster_id,
        CASE
            WHEN arrival.cluster_id = told.cluster_id THEN 'same_cluster'
            WHEN hop.cluster_id IS NOT NULL THEN 'hop'
        END AS tied
    FROM pair
    INNER JOIN comeback_told AS told USING (domain)
    INNER JOIN comeback_arrival AS arrival ON arrival.domain = pair.came_back_as
    LEFT JOIN hop ON hop.cluster_id = arrival.cluster_id AND hop.related_id = told.cluster_id
    WHERE pair.domain <> pair.came_back_as AND (arrival.created_at IS NULL OR arrival.created_at > told.told_at - INTERVAL 1 DAY)
),
again AS (
    SELECT outcome.domain, min(outcome.observed_at) AS seen_at
    FROM outcome
    INNER JOIN telling USING (scope, key, domain)
    WHERE outcome.day = $day
        AND (
            (outcome.state = 'active' AND telling.acted_by_at < outcome.observed_at)
            OR (outcome.state = 're_registered')
        )
    GROUP BY outcome.domain
)
SELECT CAST($day AS DATE) AS day, *
FROM (
    SELECT *
    FROM elsewhere
    QUALIFY row_number() OVER (
        PARTITION BY came_back_as
        ORDER BY list_position(['same_label', 'look_alike', 'one_edit'], relation), tied IS NULL, domain
    ) <= $most
    UNION ALL
    SELECT domain, domain, 'itself', seen_at, NULL, NULL FROM again
)
ORDER BY domain, came_back_as
