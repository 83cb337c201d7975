-- Step 4c.
INSERT INTO held SELECT id, created_at, code FROM run
