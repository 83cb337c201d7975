-- Step 7f. Members with their score: the probability that a domain is of the operator who owns most of its cluster, by the
-- logistic model of `score`, made of what the ledger says: how it got in, whether names alone hold it (an arrival day makes
-- pairs with names only), whether it stays without its strongest link; `own`, of the domains of the window that have one of
-- its values the share that is in the cluster, of its best value; `spread`, of the cluster the share that has its widest
-- value, measured by the share $wide, which is as good as all.
WITH size AS (
    SELECT component, count(*) AS domains FROM member GROUP BY component
),
held AS (
    SELECT
        member.id,
        max(CAST(inside.domains AS DOUBLE) / value_text.domains) AS own,
        max(inside.domains) AS widest_inside,
        bool_and(value_text.family IN ('name', 'arrival')) AS names_only
    FROM member
    INNER JOIN tie ON tie.id = member.id
    INNER JOIN inside ON inside.component = member.component AND inside.code = tie.code
    INNER JOIN value_text ON value_text.code = tie.code
    GROUP BY member.id
),
odds AS (
    SELECT
        member.id,
        $constant
        + CASE WHEN member.role = 'attached' THEN $attached ELSE 0 END
        + CASE WHEN held.names_only THEN $names_only ELSE 0 END
        + CASE WHEN robustness.holds THEN $holds ELSE 0 END
        + $own * held.own
        + $spread * least(1, CAST(held.widest_inside AS DOUBLE) / size.domains / $wide) AS log_odds
    FROM member
    INNER JOIN held ON held.id = member.id
    INNER JOIN robustness ON robustness.id = member.id
    INNER JOIN size ON size.component = member.component
)
SELECT
    member.id,
    member.component,
    $day AS day,
    identity.cluster_id,
    window_domain.domain,
    member.role,
    round(1 / (1 + exp(-odds.log_odds)), 4) AS score,
    window_domain.reported_day IS NOT NULL AS reported,
    robustness.holds AS holds_without_strongest
FROM member
INNER JOIN identity ON identity.component = member.component
INNER JOIN window_domain ON window_domain.id = member.id
INNER JOIN robustness ON robustness.id = member.id
INNER JOIN odds ON odds.id = member.id
