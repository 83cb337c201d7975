-- Step 3b. Of the pairs with a minute of birth those that the registrar's own habit does not explain: a registrar's default name
-- servers go with any of its minutes. Its share is that of its minutes, drawn towards the share in the whole window by
-- the weight of 100 minutes. The rarer value of a pair drives what follows.
WITH born AS (
    SELECT
        joint_candidate.*,
        CASE WHEN u_field = $minute THEN v ELSE u END AS habit,
        CASE WHEN u_field = $minute THEN u WHEN v_field = $minute THEN v END AS born_in
    FROM joint_candidate
),
explained AS (
    SELECT
        born.u,
        born.v,
        born.u_field,
        born.v_field,
        born.domains,
        CASE
            WHEN born.born_in IS NULL THEN born.expected
            ELSE greatest(
                born.expected,
                value_minute.domains
                * (coalesce(registrar_habit.minutes, 1) - 1 + 100 * CAST(value_habit.domains AS DOUBLE) / value_habit.field_domains)
                / (coalesce(registrar_minute.minutes, 1) - 1 + 100)
            )
        END AS expected
    FROM born
    LEFT JOIN candidate_value AS value_minute ON value_minute.code = born.born_in
    LEFT JOIN candidate_value AS value_habit ON value_habit.code = born.habit
    LEFT JOIN minute_registrar ON minute_registrar.created_minute = value_minute.value
    LEFT JOIN registrar_minute ON registrar_minute.registrar = minute_registrar.registrar
    LEFT JOIN registrar_habit ON registrar_habit.registrar = minute_registrar.registrar AND registrar_habit.code = born.habit
)
SELECT
    row_number() OVER (ORDER BY explained.u, explained.v) AS joint_id,
    explained.u,
    explained.v,
    explained.domains,
    explained.expected,
    ln(explained.domains / explained.expected) AS surprise,
    CASE WHEN value_u.domains <= value_v.domains THEN explained.u ELSE explained.v END AS driver,
    CASE WHEN value_u.domains <= value_v.domains THEN explained.v ELSE explained.u END AS other,
    CASE WHEN value_u.domains <= value_v.domains THEN explained.u_field ELSE explained.v_field END AS driver_field,
    CASE WHEN value_u.domains <= value_v.domains THEN explained.v_field ELSE explained.u_field END AS other_field
FROM explained
INNER JOIN candidate_value AS value_u ON value_u.code = explained.u
INNER JOIN candidate_value AS value_v ON value_v.code = explained.v
INNER JOIN field AS field_u ON field_u.field = explained.u_field
INNER JOIN field AS field_v ON field_v.field = explained.v_field
WHERE explained.domains * ln(explained.domains / explained.expected) - (explained.domains - explained.expected) >= $tau
    AND explained.expected / explained.domains
    <= CASE WHEN field_u.family = 'arrival' OR field_v.family = 'arrival' THEN 0.25 ELSE $rho END
