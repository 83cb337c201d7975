-- How many domains of each state, by kind of recipient; one that several networks hold counts once.
SELECT scope, state, count(DISTINCT domain) AS domains FROM item GROUP BY scope, state ORDER BY scope, state
