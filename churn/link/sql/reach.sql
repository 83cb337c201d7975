-- Step 7c. How many domains a kept pair ties together at once: those that have it, or all of an own value of it.
SELECT
    joint.joint_id,
    joint.u,
    joint.v,
    own_u.code AS own_u,
    own_v.code AS own_v,
    greatest(joint.domains, coalesce(own_u.domains, 0), coalesce(own_v.domains, 0)) AS domains
FROM joint
LEFT JOIN own_value AS own_u ON own_u.code = joint.u
LEFT JOIN own_value AS own_v ON own_v.code = joint.v
