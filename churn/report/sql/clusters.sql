-- The clusters that have a section, in the order of the page.
WITH previous AS (SELECT max(day) AS day FROM cluster_day WHERE day < $day),
held AS (
    SELECT
        cluster_id,
        count(*) FILTER (holds_without_strongest) AS holding,
        count(*) FILTER (role = 'attached') AS attached
    FROM cluster_member
    WHERE day = $day
    GROUP BY cluster_id
)
SELECT
    today.cluster_id,
    today.name,
    today.pattern,
    today.size,
    coalesce(today.new_members, 0) AS new_members,
    coalesce(today.reported_members, 0) AS reported_members,
    before.size AS size_before,
    today.confidence,
    today.first_day,
    today.last_activity_day,
    coalesce(held.holding, 0) AS holding,
    coalesce(held.attached, 0) AS attached,
    (SELECT count(*) FROM held_value WHERE held_value.cluster_id = today.cluster_id) AS values_in_all,
    decided.verdict,
    decided.verdict_by,
    decided.verdict_day
FROM section
JOIN cluster_day AS today ON today.day = $day AND today.cluster_id = section.cluster_id
LEFT JOIN cluster_day AS before
    ON before.day = (SELECT day FROM previous) AND before.cluster_id = today.cluster_id
LEFT JOIN held ON held.cluster_id = today.cluster_id
LEFT JOIN decided ON decided.cluster_id = today.cluster_id
ORDER BY section.place
