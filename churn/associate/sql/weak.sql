-- How many domains share something with a reported one, and are not probable enough.
SELECT count(DISTINCT id) FROM looked_at ANTI JOIN judged USING (id)
