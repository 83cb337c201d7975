-- Step 3b. Births of a sample of minutes: one minute in $sample.
SELECT * FROM trait WHERE created_minute % $sample = 0
