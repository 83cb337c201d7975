-- Step 7f. Members with their score: how much evidence of independent families holds each (the best link of each family).
-- Not calibrated yet: 12 nats give 0.78, 24 give 0.95.
SELECT
    $day AS day,
    identity.cluster_id,
    window_domain.domain,
    member.role,
    round(1 - exp(-evidence.nats / 8), 4) AS score,
    window_domain.reported_day IS NOT NULL AS reported,
    robustness.holds AS holds_without_strongest
FROM member
INNER JOIN identity ON identity.component = member.component
INNER JOIN window_domain ON window_domain.id = member.id
INNER JOIN robustness ON robustness.id = member.id
INNER JOIN (
    SELECT id, sum(weight) AS nats
    FROM (
        SELECT tie.id, field.family, max(tie.weight) AS weight
        FROM tie
        INNER JOIN tied_value ON tied_value.code = tie.code
        INNER JOIN field ON field.field = tied_value.field
        GROUP BY tie.id, field.family
    ) AS best_of_family
    GROUP BY id
) AS evidence ON evidence.id = member.id
