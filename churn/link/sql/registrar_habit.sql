-- Step 3b. What is usual at a registrar: in how many of its minutes a value of one field (the view `born_with`) occurs. Counted by
-- minutes, not by domains, since those born in one minute are one order: where a campaign is most of what was looked up at
-- a small registrar, it would explain itself.
SELECT born_with.registrar, value_of.code, count(DISTINCT born_with.created_minute) AS minutes
FROM born_with
INNER JOIN (
    SELECT code, value FROM candidate_value WHERE code IN (SELECT habit FROM minute_in_pair WHERE habit_field = $field)
) AS value_of ON value_of.value = born_with.value
GROUP BY born_with.registrar, value_of.code
