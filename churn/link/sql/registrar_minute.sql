-- Step 3b. In how many of its minutes a registrar had any births (of the domains whose record is known).
SELECT registrar, count(DISTINCT created_minute) AS minutes
FROM trait
WHERE created_minute IS NOT NULL AND created_minute % $sample = 0
GROUP BY registrar
