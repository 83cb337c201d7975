-- Step 7d. The pairs of values that hold a cluster's core together, and which.
SELECT joint.driver, joint.other, joint.domains, joint.expected, joint.surprise, core_member.component
FROM joint
INNER JOIN (SELECT joint_id, min(id) AS id FROM joint_member GROUP BY joint_id) AS one ON one.joint_id = joint.joint_id
INNER JOIN core_member ON core_member.id = one.id
