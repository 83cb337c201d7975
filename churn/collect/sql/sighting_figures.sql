-- Rows and newest entry of a feed's day, and how many of its names no earlier day had.
SELECT
    count(*) AS rows,
    count(DISTINCT fqdn) FILTER (fqdn NOT IN (SELECT fqdn FROM earlier_sighting)) AS new_rows,
    max(seen_at) AS newest_at
FROM sighting_of_day
