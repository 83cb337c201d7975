-- Today's names in the habit of a cluster's owner. An owner's cluster is the one that holds most of his names which are in any;
-- who has none there has no row.
WITH home AS (
    SELECT habit_owner_name.owner, cluster_member.cluster_id
    FROM habit_owner_name
    INNER JOIN cluster_member ON cluster_member.domain = habit_owner_name.domain AND cluster_member.day = $day
    GROUP BY habit_owner_name.owner, cluster_member.cluster_id
    QUALIFY row_number() OVER (PARTITION BY habit_owner_name.owner ORDER BY count(*) DESC, cluster_member.cluster_id) = 1
)
SELECT
    CAST($day AS DATE) AS day,
    home.cluster_id,
    habit_estimate.domain,
    CAST(max(habit_estimate.probability) AS DOUBLE) AS probability,
    'habit' AS basis
FROM habit_estimate
INNER JOIN home USING (owner)
WHERE habit_estimate.domain NOT IN (SELECT domain FROM sighting WHERE kind = 'reported' AND day <= $day)
GROUP BY home.cluster_id, habit_estimate.domain
ORDER BY home.cluster_id, habit_estimate.domain
