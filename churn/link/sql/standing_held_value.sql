-- Arrivals 6. The values that standing clusters hold, if they still hold two thirds with the arrivals counted.
SELECT standing_held.component, candidate_value.code, candidate_value.field, standing_held.of_window, candidate_value.domains
FROM standing_held
INNER JOIN candidate_value ON candidate_value.standing_code = standing_held.code
WHERE candidate_value.code IS NOT NULL AND standing_held.of_window * 3 >= candidate_value.domains * 2
