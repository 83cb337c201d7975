-- Arrivals 3. The standing pairs of whose two values there are arrivals; their numbers are below zero, so that they are no other
-- pair's.
SELECT
    -row_number() OVER (ORDER BY driver.code, other.code) AS joint_id,
    driver.code AS u,
    other.code AS v,
    standing_pair.domains,
    standing_pair.expected,
    standing_pair.surprise,
    driver.code AS driver,
    other.code AS other,
    driver.field AS driver_field,
    other.field AS other_field,
    standing_pair.component
FROM standing_pair
INNER JOIN candidate_value AS driver ON driver.standing_code = standing_pair.driver
INNER JOIN candidate_value AS other ON other.standing_code = standing_pair.other
WHERE driver.code IS NOT NULL AND other.code IS NOT NULL
