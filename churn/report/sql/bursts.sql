-- The bursts of the day, in the order of the page.
SELECT
    burst.burst_id,
    burst.kind,
    burst.cluster_id,
    coalesce(section.cluster_id, burst.burst_id) AS key,
    burst.scope,
    burst.observed,
    burst.expected,
    burst.p_value,
    burst.q_value,
    burst.window_start,
    burst.window_end,
    coalesce(burst.reported_members, 0) AS reported_members,
    (SELECT count(*) FROM burst_member WHERE burst_member.day = $day AND burst_member.burst_id = burst.burst_id) AS members,
    burst.story
FROM burst
LEFT JOIN section ON section.cluster_id = burst.cluster_id
LEFT JOIN cluster_day ON cluster_day.day = $day AND cluster_day.cluster_id = burst.cluster_id
WHERE burst.day = $day
ORDER BY
    greatest(coalesce(cluster_day.reported_members, 0), coalesce(burst.reported_members, 0)) > 0 DESC,
    burst.q_value,
    burst.p_value,
    burst.observed DESC,
    burst.burst_id
