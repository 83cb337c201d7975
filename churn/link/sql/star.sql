-- Step 4b. Stars, not pairs: every member of a kept pair is tied to the pair's smallest id, and every domain that an operator's
-- own value holds to that value's. The closure is the same.
WITH pair_hub AS (
    SELECT joint_id, min(id) AS hub FROM joint_member GROUP BY joint_id
)
SELECT pair_hub.hub, joint_member.id
FROM joint_member
INNER JOIN pair_hub ON pair_hub.joint_id = joint_member.joint_id
UNION ALL
SELECT own_value.hub, in_pair.id
FROM in_pair
INNER JOIN own_value ON own_value.code = in_pair.code
