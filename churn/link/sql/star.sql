-- Step 4b. Stars, not pairs: every member of a kept pair is tied to the pair's smallest id. The closure is the same.
SELECT min(id) OVER (PARTITION BY joint_id) AS hub, id
FROM joint_member
