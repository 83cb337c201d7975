-- Step 3b. Of the pairs with a minute of birth those that the registrar's own habit does not explain: a registrar's default name
-- servers go with any of its minutes. Its share is that of its minutes, drawn towards the share in the whole window by
-- the weight of 100 minutes. The rarer value of a pair drives what follows.
WITH born AS (
    SELECT
        *,
        CASE WHEN u_field = $minute THEN u WHEN v_field = $minute THEN v END AS born_in,
        CASE WHEN u_field = $minute THEN u_domains ELSE v_domains END AS born_domains,
        CASE WHEN u_field = $minute THEN v ELSE u END AS habit,
        CASE WHEN u_field = $minute THEN CAST(v_domains AS DOUBLE) / v_field_domains ELSE CAST(u_domains AS DOUBLE) / u_field_domains END
            AS habit_share
    FROM joint_candidate
),
explained AS (
    SELECT
        born.u,
        born.v,
        born.u_field,
        born.v_field,
        born.rho,
        born.u_domains <= born.v_domains AS u_drives,
        born.domains,
        CASE
            WHEN born.born_in IS NULL THEN born.expected
            ELSE greatest(
                born.expected,
                born.born_domains
                * (coalesce(registrar_habit.minutes, 1) - 1 + 100 * born.habit_share)
                / (coalesce(registrar_minute.minutes, 1) - 1 + 100)
            )
        END AS expected
    FROM born
    LEFT JOIN minute_registrar ON minute_registrar.code = born.born_in
    LEFT JOIN registrar_minute ON registrar_minute.registrar = minute_registrar.registrar
    LEFT JOIN registrar_habit ON registrar_habit.registrar = minute_registrar.registrar AND registrar_habit.code = born.habit
)
SELECT
    row_number() OVER (ORDER BY u, v) AS joint_id,
    u,
    v,
    domains,
    expected,
    ln(domains / expected) AS surprise,
    CASE WHEN u_drives THEN u ELSE v END AS driver,
    CASE WHEN u_drives THEN v ELSE u END AS other,
    CASE WHEN u_drives THEN u_field ELSE v_field END AS driver_field,
    CASE WHEN u_drives THEN v_field ELSE u_field END AS other_field
FROM explained
WHERE domains * ln(domains / expected) - (domains - expected) >= $tau AND expected / domains <= rho
