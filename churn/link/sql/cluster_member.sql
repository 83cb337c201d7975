-- Step 7d. Members with their score: how much evidence of independent families holds each (the best link of each family).
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
INNER JOIN identity USING (component)
INNER JOIN window_domain USING (id)
INNER JOIN robustness USING (id)
INNER JOIN (
    SELECT id, sum(weight) AS nats
    FROM (
        SELECT tie.id, candidate_value.family, max(tie.weight) AS weight
        FROM tie
        INNER JOIN candidate_value USING (value_id)
        GROUP BY tie.id, candidate_value.family
    )
    GROUP BY id
) AS evidence USING (id)
