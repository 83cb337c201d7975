-- How many births have a time.
SELECT count(created_minute) AS births FROM trait
