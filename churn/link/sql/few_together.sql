-- Step 7c. Who is tied to whom by fewer than $least domains at once, in the clusters where that decides whether a member is left
-- without its strongest link: one row for each member of a pair or of an own value (numbered below zero).
WITH few AS (
    SELECT
        reach.joint_id,
        reach.own_u,
        reach.own_v,
        tied.id,
        tied.reported,
        tied.domains >= $least AS suffices,
        tied.without_strongest > 0 AND tied.without_strongest < $least AS asked,
        strongest.code <> reach.u AND strongest.code <> reach.v AS stays
    FROM joint_member
    INNER JOIN reach ON reach.joint_id = joint_member.joint_id
    INNER JOIN tied ON tied.id = joint_member.id
    INNER JOIN strongest ON strongest.id = joint_member.id
    WHERE reach.domains < $least
        AND tied.component IN (SELECT component FROM tied WHERE without_strongest > 0 AND without_strongest < $least)
)
SELECT joint_id AS bond, id, stays, asked, suffices, reported FROM few
UNION ALL
SELECT -own_u, id, stays, asked, suffices, reported FROM few WHERE own_u IS NOT NULL
UNION ALL
SELECT -own_v, id, stays, asked, suffices, reported FROM few WHERE own_v IS NOT NULL
