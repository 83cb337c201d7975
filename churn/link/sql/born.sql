-- Step 3b. Births of a sample of minutes: one minute in $sample.
SELECT * FROM birth WHERE created_minute % $sample = 0
