-- Step 7c. Whether a member stays without its strongest link: a core member by another pair that does without that value,
-- an attached one by another value that its cluster holds.
CREATE TABLE robustness AS
SELECT
    member.id,
    CASE member.role
        WHEN 'core' THEN member.id IN (
            SELECT joint_member.id
            FROM joint_member
            INNER JOIN joint USING (joint_id)
            INNER JOIN strongest USING (id)
            WHERE strongest.value_id NOT IN (joint.u, joint.v)
        )
        ELSE count(tie.value_id) > 1
    END AS holds
FROM member
INNER JOIN tie USING (id)
GROUP BY member.id, member.role
