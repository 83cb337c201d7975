-- Step 7e. What the ledger calls the members, by their places.
SELECT cluster_id, domain
FROM today_member
ORDER BY place
