-- Step 7f. Members with their score: the probability that a domain is of the operator who owns most of its cluster, by the
-- logistic model of `score`, made of what the ledger says: how it got in, whether names alone hold it (an arrival day makes
-- pairs with names only), whether it stays without its strongest link; `own`, of the domains of the window that have one of
-- its values the share that is in the cluster, of its best value; `spread`, of the cluster the share that has its widest
-- value, measured by the share $wide, which is as good as all.
WITH size AS (
    SELECT component, count(*) AS domains FROM today_member GROUP BY component
),
held AS (
    SELECT
        today.id,
        max(CAST(inside.domains AS DOUBLE) / value_text.domains) AS own,
        max(inside.domains) AS widest_inside,
        bool_and(value_text.family IN ('name', 'arrival')) AS names_only
    FROM today_member AS today
    INNER JOIN tie ON tie.id = today.id
    INNER JOIN inside ON inside.component = today.component AND inside.code = tie.code
    INNER JOIN value_text ON value_text.code = tie.code
    GROUP BY today.id
),
odds AS (
    SELECT
        today.id,
        $constant
        + CASE WHEN today.role = 'attached' THEN $attached ELSE 0 END
        + CASE WHEN held.names_only THEN $names_only ELSE 0 END
        + CASE WHEN robustness.holds THEN $holds ELSE 0 END
        + $own * held.own
        + $spread * least(1, CAST(held.widest_inside AS DOUBLE) / size.domains / $wide) AS log_odds
    FROM today_member AS today
    INNER JOIN held ON held.id = today.id
    INNER JOIN robustness ON robustness.id = today.id
    INNER JOIN size ON size.component = today.component
)
SELECT
    today.id,
    today.component,
    $day AS day,
    today.cluster_id,
    today.domain,
    today.role,
    round(1 / (1 + exp(-odds.log_odds)), 4) AS score,
    window_domain.reported_day IS NOT NULL AS reported,
    robustness.holds AS holds_without_strongest
FROM today_member AS today
INNER JOIN window_domain ON window_domain.id = today.id
INNER JOIN robustness ON robustness.id = today.id
INNER JOIN odds ON odds.id = today.id
ORDER BY today.place
