-- Step 8a. What each of today's components has in common with each earlier cluster of the window, on that cluster's newest
-- day: most stood on the last linked day, some on an earlier one. A domain that is core on both days weighs three times
-- as much as one that was or is attached.
WITH newest AS (
    SELECT cluster_id, max(day) AS day FROM cluster_day WHERE day <= $earlier GROUP BY cluster_id
),
earlier_member AS (
    SELECT
        cluster_member.cluster_id,
        cluster_member.day,
        cluster_member.role,
        window_domain.id,
        -- the cluster that it was in last; of clusters that ended before, it was counted as gone on that day
        cluster_member.day = max(cluster_member.day) OVER (PARTITION BY window_domain.id) AS last_in
    FROM cluster_member
    INNER JOIN newest ON newest.cluster_id = cluster_member.cluster_id AND newest.day = cluster_member.day
    INNER JOIN window_domain ON window_domain.domain = cluster_member.domain
    WHERE cluster_member.day <= $earlier
),
earlier AS (
    SELECT
        members.cluster_id,
        members.day,
        members.size,
        coalesce(cluster_day.last_activity_day, cluster_day.first_day, cluster_day.day) AS activity
    FROM (SELECT cluster_id, day, count(*) AS size FROM earlier_member GROUP BY cluster_id, day) AS members
    INNER JOIN cluster_day ON cluster_day.cluster_id = members.cluster_id AND cluster_day.day = members.day
),
present AS (
    SELECT
        member.component,
        count(*) AS size,
        max(coalesce(greatest(window_domain.registered_day, window_domain.reported_day), window_domain.first_day)) AS activity
    FROM member
    INNER JOIN window_domain ON window_domain.id = member.id
    GROUP BY member.component
),
common AS (
    SELECT
        member.component,
        earlier_member.cluster_id,
        count(*) AS shared,
        sum(CASE WHEN earlier_member.last_in THEN 1 ELSE 0 END) AS fresh,
        sum(CASE WHEN member.role = 'core' AND earlier_member.role = 'core' THEN 3 ELSE 1 END) AS weight
    FROM earlier_member
    INNER JOIN member ON member.id = earlier_member.id
    GROUP BY member.component, earlier_member.cluster_id
)
SELECT
    common.component,
    common.cluster_id,
    common.shared,
    CAST(common.fresh AS BIGINT) AS fresh,
    CAST(common.weight AS BIGINT) AS weight,
    earlier.size AS earlier_size,
    present.size AS present_size,
    earlier.day = $earlier AS standing,
    earlier.activity AS earlier_activity,
    present.activity AS present_activity
FROM common
INNER JOIN earlier ON earlier.cluster_id = common.cluster_id
INNER JOIN present ON present.component = common.component
