-- Step 4b. Stars, not pairs: every member of a kept pair is tied to the pair, and every domain that an operator's own value holds
-- to that value; who hangs on one knot is tied together. Pairs are the even knots, values the odd ones.
SELECT joint_member.joint_id * 2 AS knot, node.place
FROM joint_member
INNER JOIN node ON node.id = joint_member.id
UNION ALL
SELECT own_value.place * 2 + 1, node.place
FROM in_pair
INNER JOIN own_value ON own_value.code = in_pair.code
INNER JOIN node ON node.id = in_pair.id
