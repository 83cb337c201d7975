-- Step 4a. The domains of each kept pair.
CREATE TABLE joint_member AS
SELECT joint.joint_id, holder_u.id
FROM joint
INNER JOIN holding AS holder_u ON holder_u.value_id = joint.u
INNER JOIN holding AS holder_v ON holder_v.value_id = joint.v AND holder_v.id = holder_u.id
