-- Step 4a. The domains that could be of a kept pair, since they hold its rarer value, of one field (the view `column_of`).
SELECT joint.joint_id, joint.other, joint.other_field, column_of.id, column_of.day
FROM joint
INNER JOIN column_of ON column_of.value = joint.driver
WHERE joint.driver_field = $field
UNION ALL
SELECT joint.joint_id, joint.other, joint.other_field, again_shared.id, again_shared.day
FROM joint
INNER JOIN again_shared ON again_shared.code = joint.driver
WHERE joint.driver_field = $field AND again_shared.field = $field
