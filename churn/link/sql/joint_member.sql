-- Step 4a. Of those the domains that hold the other value too, a value of one field (the view `column_of`).
SELECT driver_member.joint_id, driver_member.id, driver_member.day
FROM driver_member
INNER JOIN column_of ON column_of.id = driver_member.id AND column_of.value = driver_member.other
WHERE driver_member.other_field = $field
UNION ALL
SELECT driver_member.joint_id, driver_member.id, driver_member.day
FROM driver_member
INNER JOIN again_shared ON again_shared.id = driver_member.id AND again_shared.code = driver_member.other
WHERE driver_member.other_field = $field
