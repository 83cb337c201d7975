-- Step 7e. The ledger in words: every value that holds a member, how many domains of the window have it, how many of
-- those are in the cluster, where and when it was seen for this domain.
SELECT
    $day AS day,
    identity.cluster_id,
    window_domain.domain,
    candidate_value.family,
    candidate_value.field,
    candidate_value.value,
    candidate_value.domains AS domains_with_value,
    inside.domains AS in_cluster,
    round(tie.weight, 4) AS weight,
    trait.source,
    trait.observed_at
FROM tie
INNER JOIN member USING (id)
INNER JOIN identity USING (component)
INNER JOIN window_domain USING (id)
INNER JOIN candidate_value USING (value_id)
INNER JOIN trait ON trait.id = tie.id AND trait.field = candidate_value.field AND trait.value = candidate_value.value
INNER JOIN (
    SELECT member.component, holding.value_id, count(*) AS domains
    FROM holding
    INNER JOIN member USING (id)
    WHERE holding.value_id IN (SELECT value_id FROM tie)
    GROUP BY member.component, holding.value_id
) AS inside ON inside.component = member.component AND inside.value_id = tie.value_id
