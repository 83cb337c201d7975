-- Step 9. What reported domains have, with its counts: the ledger that the answer refers to.
SELECT code, field, family, value, domains, reported, first_created_at, last_created_at, ln($domains / CAST(domains AS DOUBLE)) AS nats
FROM value
ORDER BY code
