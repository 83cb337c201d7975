-- Step 7b. The strongest link of each member: of several with the most weight, that of the first field and value, as codes go.
SELECT tie.id, min(tie.code) AS code
FROM tie
INNER JOIN (SELECT id, max(weight) AS weight FROM tie GROUP BY id) AS best ON best.id = tie.id AND best.weight = tie.weight
GROUP BY tie.id
