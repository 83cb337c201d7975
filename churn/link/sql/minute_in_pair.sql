-- Step 3b. The minutes of birth in pairs, with their registrars, and the values that they are paired with.
SELECT
    CASE WHEN u_field = $minute THEN u ELSE v END AS created_minute,
    CASE WHEN u_field = $minute THEN v ELSE u END AS habit,
    CASE WHEN u_field = $minute THEN v_field ELSE u_field END AS habit_field
FROM joint_candidate
WHERE u_field = $minute OR v_field = $minute
