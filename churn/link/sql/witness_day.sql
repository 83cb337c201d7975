-- Step 7d. The days of which the witnesses have facts.
SELECT day FROM trait WHERE id IN (SELECT id FROM witness)
UNION
SELECT day FROM trait_further WHERE id IN (SELECT id FROM witness)
