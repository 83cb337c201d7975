-- Step 6. Values of which one cluster's core holds at least 4 and two thirds.
SELECT
    core_holding.component,
    core_holding.code,
    max(candidate_value.field) AS field,
    count(*) AS of_window,
    max(candidate_value.domains) AS domains
FROM core_holding
INNER JOIN candidate_value ON candidate_value.code = core_holding.code
GROUP BY core_holding.component, core_holding.code
HAVING count(*) >= 4 AND count(*) * 3 >= max(candidate_value.domains) * 2
