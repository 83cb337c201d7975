-- The names of a day: registered or reported on it.
CREATE OR REPLACE TABLE fact_name AS
SELECT *, reported = $number AS is_reported
FROM world_name
WHERE day = $number OR reported = $number
