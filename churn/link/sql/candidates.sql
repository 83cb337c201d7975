-- How many values there are so far.
SELECT coalesce(max(code), 0) AS codes FROM candidate_value
