-- Step 3b. In how many of its minutes a registrar had any births (of the domains whose record is known).
SELECT registrar, count(DISTINCT created_minute) AS minutes
FROM born
GROUP BY registrar
