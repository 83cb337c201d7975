-- Step 1. Their rows of traits.
SELECT trait.*
FROM trait
INNER JOIN again ON again.id = trait.id
