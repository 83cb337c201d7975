-- Step 1. The domain of each row of traits: those that occur twice were seen again.
SELECT id AS value FROM trait
UNION ALL
SELECT id FROM trait_further
