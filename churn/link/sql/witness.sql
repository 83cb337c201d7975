-- Step 7d. The domains whose facts have the values in words.
SELECT domain FROM window_domain WHERE id IN (SELECT witness FROM tied_value)
