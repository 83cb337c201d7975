-- Arrivals 5. The arrivals that hold a standing pair are of its cluster: of several, of the one with the most surprising pair.
SELECT id, component
FROM (
    SELECT
        joint_member.id,
        standing_joint.component,
        row_number() OVER (PARTITION BY joint_member.id ORDER BY max(standing_joint.surprise) DESC, standing_joint.component) AS place
    FROM joint_member
    INNER JOIN standing_joint ON standing_joint.joint_id = joint_member.joint_id
    GROUP BY joint_member.id, standing_joint.component
) AS ranked
WHERE place = 1
