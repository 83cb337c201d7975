-- Step 7d. What the members share, of all fields.
SELECT shared.* FROM shared INNER JOIN member ON member.id = shared.id
