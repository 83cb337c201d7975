-- Step 4b. Stars, not pairs: every member of a kept pair is tied to the pair, and every domain that an operator's own value holds
-- to that value; who hangs on one knot is tied together. Pairs are the even knots, values the odd ones.
SELECT joint_id * 2 AS knot, id FROM joint_member
UNION ALL
SELECT CAST(own_value.code AS BIGINT) * 2 + 1, in_pair.id
FROM in_pair
INNER JOIN own_value ON own_value.code = in_pair.code
