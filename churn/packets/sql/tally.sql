-- How many domains of each state.
SELECT state, count(*) AS domains FROM item GROUP BY state ORDER BY state
