-- Step 4b. They are values like the others.
INSERT INTO wanted SELECT DISTINCT code, 'run', value FROM run
