-- Step 4a. The same of domains that were seen again.
SELECT joint.joint_id, one.id
FROM joint
INNER JOIN again_shared AS one ON one.code = joint.driver
INNER JOIN again_shared AS other ON other.id = one.id AND other.code = joint.other
