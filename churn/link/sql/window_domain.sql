-- Step 1a. The domains of the window: one row each, numbered so that every later step works on integers.
CREATE TABLE window_domain AS
SELECT
    row_number() OVER (ORDER BY domain) AS id,
    domain,
    min(day) AS first_day,
    min(day) FILTER (kind = 'registered') AS registered_day,
    min(day) FILTER (kind = 'reported') AS reported_day
FROM sighting
WHERE kind IN ('registered', 'reported')
GROUP BY domain
