-- Step 7a. The ledger, with numbers for names: for each member the values that hold it, and how surprising their best
-- pair is (nats a domain). An attached member is held by the values that its cluster holds.
CREATE TABLE tie AS
WITH pair_of AS (
    SELECT joint_member.id, joint.joint_id, joint.u, joint.v, joint.surprise
    FROM joint_member
    INNER JOIN joint USING (joint_id)
    INNER JOIN member ON member.id = joint_member.id AND member.role = 'core'
)
SELECT id, value_id, max(surprise) AS weight
FROM (
    SELECT id, u AS value_id, surprise FROM pair_of
    UNION ALL
    SELECT id, v, surprise FROM pair_of
)
GROUP BY id, value_id
UNION ALL
SELECT attached.id, attached.value_id, max(ln(candidate_value.field_domains / candidate_value.domains) * attached.share)
FROM attached
INNER JOIN member ON member.id = attached.id AND member.component = attached.component
INNER JOIN candidate_value USING (value_id)
GROUP BY attached.id, attached.value_id
