-- Step 4b. Stars, not pairs: every member of a kept pair is tied to the pair's smallest id. The closure is the same.
-- An operator's batches share no time of birth; what they share is a server or an owner. A value of these families of
-- whose domains two thirds and more are in kept pairs with it is an operator's own, and ties its pairs together. (A /24
-- prefix is many tenants': with it, pairwise precision in the lab falls from 0.96 to 0.87; without any, recall from 0.91 to 0.80.)
WITH own_value AS (
    SELECT in_pair.code, min(in_pair.id) AS hub
    FROM in_pair
    INNER JOIN candidate_value ON candidate_value.code = in_pair.code
    INNER JOIN field ON field.field = candidate_value.field
    WHERE field.ties
    GROUP BY in_pair.code
    HAVING count(*) * 5 >= max(candidate_value.domains) * 4
),
pair_hub AS (
    SELECT joint_id, min(id) AS hub FROM joint_member GROUP BY joint_id
)
SELECT pair_hub.hub, joint_member.id
FROM joint_member
INNER JOIN pair_hub ON pair_hub.joint_id = joint_member.joint_id
UNION ALL
SELECT own_value.hub, in_pair.id
FROM in_pair
INNER JOIN own_value ON own_value.code = in_pair.code
