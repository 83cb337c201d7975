-- Step 7e. What the ledger says of the values, by their places.
SELECT family, field, value, domains AS domains_with_value, source
FROM value_text
ORDER BY place
