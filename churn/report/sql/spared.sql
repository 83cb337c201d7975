-- What would have been a burst of the day, and is none since an analyst called it, or its like, benign.
SELECT
    burst_id,
    kind,
    spared.cluster_id,
    cluster_day.name,
    scope,
    observed,
    expected,
    q_value,
    coalesce(spared.reported_members, 0) AS reported_members,
    subject,
    how,
    given_by,
    given_at,
    note
FROM spared
LEFT JOIN cluster_day ON cluster_day.day = $day AND cluster_day.cluster_id = spared.cluster_id
WHERE spared.day = $day
ORDER BY q_value, observed DESC, burst_id
