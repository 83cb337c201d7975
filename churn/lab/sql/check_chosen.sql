-- All of them are asked for everything.
CREATE OR REPLACE TABLE fact_chosen AS
SELECT *, 1 AS reason, row_number() OVER (ORDER BY domain) AS rank
FROM fact_name
