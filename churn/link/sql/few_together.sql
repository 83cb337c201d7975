-- Step 7c. Who is in a pair or an own value that ties fewer than $least domains (a bond), in the clusters where that decides
-- whether a member is left without its strongest link.
WITH near AS (
    SELECT
        id,
        reported,
        domains >= $least AS suffices,
        without_strongest > 0 AND without_strongest < $least AS asked
    FROM tied
    WHERE component IN (SELECT component FROM tied WHERE without_strongest > 0 AND without_strongest < $least)
),
in_few AS (
    SELECT
        near.*,
        reach.few,
        reach.few_u,
        reach.few_v,
        strongest.code <> reach.u AND strongest.code <> reach.v AS stays
    FROM joint_member
    INNER JOIN reach ON reach.joint_id = joint_member.joint_id
    INNER JOIN near ON near.id = joint_member.id
    INNER JOIN strongest ON strongest.id = joint_member.id
    WHERE coalesce(reach.few, reach.few_u, reach.few_v) IS NOT NULL
)
SELECT few AS bond, id, stays, asked, suffices, reported FROM in_few WHERE few IS NOT NULL
UNION ALL
SELECT few_u, id, stays, asked, suffices, reported FROM in_few WHERE few_u IS NOT NULL
UNION ALL
SELECT few_v, id, stays, asked, suffices, reported FROM in_few WHERE few_v IS NOT NULL
