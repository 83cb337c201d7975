-- Step 7c. Whether a member stays without its strongest link: a core member by another pair that does without that value,
-- an attached one by another value that its cluster holds.
SELECT member.id, max(CASE WHEN other.id IS NULL THEN 0 ELSE 1 END) = 1 AS holds
FROM member
LEFT JOIN (
    SELECT joint_member.id
    FROM joint_member
    INNER JOIN joint ON joint.joint_id = joint_member.joint_id
    INNER JOIN strongest ON strongest.id = joint_member.id
    WHERE strongest.code <> joint.u AND strongest.code <> joint.v
    UNION
    SELECT attached.id
    FROM attached
    INNER JOIN member ON member.id = attached.id AND member.component = attached.component
    INNER JOIN strongest ON strongest.id = attached.id
    WHERE strongest.code <> attached.code
) AS other ON other.id = member.id
GROUP BY member.id
