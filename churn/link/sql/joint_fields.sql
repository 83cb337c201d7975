-- Step 4a. Which fields drive pairs, and which the other values of theirs are of.
SELECT DISTINCT driver_field, other_field FROM joint
