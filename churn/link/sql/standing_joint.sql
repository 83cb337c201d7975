-- Arrivals 3. The standing pairs of whose two values there are arrivals; their numbers are below zero, so that they are no other
-- pair's.
SELECT
    -row_number() OVER (ORDER BY value_u.code, value_v.code) AS joint_id,
    value_u.code AS u,
    value_v.code AS v,
    standing_pair.domains,
    standing_pair.expected,
    standing_pair.surprise,
    CASE WHEN value_u.domains <= value_v.domains THEN value_u.code ELSE value_v.code END AS driver,
    CASE WHEN value_u.domains <= value_v.domains THEN value_v.code ELSE value_u.code END AS other,
    CASE WHEN value_u.domains <= value_v.domains THEN value_u.field ELSE value_v.field END AS driver_field,
    CASE WHEN value_u.domains <= value_v.domains THEN value_v.field ELSE value_u.field END AS other_field,
    standing_pair.component
FROM standing_pair
INNER JOIN candidate_value AS value_u ON value_u.standing_code = standing_pair.u
INNER JOIN candidate_value AS value_v ON value_v.standing_code = standing_pair.v
WHERE value_u.code IS NOT NULL AND value_v.code IS NOT NULL
