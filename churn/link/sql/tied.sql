-- Step 7c. With how many domains each member of a core is tied at once, by any of its pairs and by those that do without its
-- strongest link.
WITH by_pair AS (
    SELECT
        joint_member.id,
        max(reach.domains) AS domains,
        max(CASE WHEN strongest.code = reach.u OR strongest.code = reach.v THEN 0 ELSE reach.domains END) AS without_strongest
    FROM joint_member
    INNER JOIN reach ON reach.joint_id = joint_member.joint_id
    INNER JOIN strongest ON strongest.id = joint_member.id
    GROUP BY joint_member.id
)
SELECT by_pair.id, core_member.component, core_member.reported, by_pair.domains, by_pair.without_strongest
FROM by_pair
INNER JOIN core_member ON core_member.id = by_pair.id
