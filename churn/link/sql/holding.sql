-- Step 2b. Who holds which candidate value.
CREATE TABLE holding AS
SELECT trait.id, candidate_value.value_id, candidate_value.family, candidate_value.field
FROM trait
INNER JOIN candidate_value USING (field, value)
