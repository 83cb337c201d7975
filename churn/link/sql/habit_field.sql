-- Step 3b. The fields that minutes of birth are paired with.
SELECT DISTINCT habit_field FROM minute_in_pair
