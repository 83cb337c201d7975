-- Step 4b. The values that hold each domain of a kept pair, with the surprise (nats a domain) of their best pair.
SELECT id, code, max(surprise) AS surprise
FROM (
    SELECT joint_member.id, joint.u AS code, joint.surprise
    FROM joint_member
    INNER JOIN joint ON joint.joint_id = joint_member.joint_id
    UNION ALL
    SELECT joint_member.id, joint.v, joint.surprise
    FROM joint_member
    INNER JOIN joint ON joint.joint_id = joint_member.joint_id
) AS held
GROUP BY id, code
