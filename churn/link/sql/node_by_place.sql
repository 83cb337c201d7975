-- Step 5. They, in their order.
SELECT id, reported FROM node ORDER BY place
