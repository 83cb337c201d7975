-- Step 7c. How many domains a kept pair ties together at once: those that have it, or all of an own value of it. Beside it the
-- numbers of those of the three, the pair and its own values, that tie fewer than $least.
SELECT
    joint.joint_id,
    joint.u,
    joint.v,
    greatest(joint.domains, coalesce(own_u.domains, 0), coalesce(own_v.domains, 0)) AS domains,
    CASE WHEN joint.domains < $least THEN joint.joint_id END AS few,
    CASE WHEN own_u.domains < $least THEN -own_u.code END AS few_u,
    CASE WHEN own_v.domains < $least THEN -own_v.code END AS few_v
FROM joint
LEFT JOIN own_value AS own_u ON own_u.code = joint.u
LEFT JOIN own_value AS own_v ON own_v.code = joint.v
