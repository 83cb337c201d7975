-- Step 3. How many domains the window has, as far as they show what most show.
SELECT coalesce(max(field_domains), 0) AS domains FROM candidate_value
