-- Step 7a. How many pairs each reported domain brings at most: what is done at once is bounded by it.
SELECT seed.id, sum(value.domains) AS pairs
FROM seed
INNER JOIN held USING (id)
INNER JOIN value USING (code)
WHERE value.leads
GROUP BY seed.id
ORDER BY seed.id
