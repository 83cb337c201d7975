-- Step 7e.
INSERT INTO looked_at SELECT DISTINCT id FROM pair
