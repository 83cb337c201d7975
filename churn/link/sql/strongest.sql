-- Step 7b. The strongest link of each member.
CREATE TABLE strongest AS
SELECT id, arg_max(value_id, (weight, -value_id)) AS value_id, max(weight) AS weight
FROM tie
GROUP BY id
