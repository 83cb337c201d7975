-- Members of the day before that are none of the same cluster today, and where they are now.
WITH previous AS (SELECT max(day) AS day FROM cluster_day WHERE day < $day),
before AS (
    SELECT cluster_id, domain, coalesce(reported, FALSE) AS reported
    FROM cluster_member
    SEMI JOIN section USING (cluster_id)
    WHERE day = (SELECT previous.day FROM previous)
),
today AS (SELECT cluster_id, domain FROM cluster_member WHERE day = $day)
SELECT
    before.cluster_id,
    before.domain,
    before.reported,
    today.cluster_id AS now_in,
    cluster_day.name AS now_name
FROM before
LEFT JOIN today ON today.domain = before.domain
LEFT JOIN cluster_day ON cluster_day.day = $day AND cluster_day.cluster_id = today.cluster_id
WHERE today.cluster_id IS DISTINCT FROM before.cluster_id
ORDER BY before.cluster_id, before.domain
