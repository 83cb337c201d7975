-- Verdicts 4. The members whose like is watched for: of watched clusters as they stand today, or last stood.
CREATE TABLE watched_name AS
WITH watched AS (
    SELECT subject, cluster_id FROM judged WHERE verdict = 'watch'
    UNION
    SELECT subject, subject FROM standing_verdict WHERE verdict = 'watch'
),
newest AS (
    SELECT watched.subject, watched.cluster_id, max(cluster_day.day) AS day
    FROM watched
    INNER JOIN cluster_day ON cluster_day.cluster_id = watched.cluster_id
    WHERE cluster_day.day <= $day
    GROUP BY watched.subject, watched.cluster_id
)
SELECT
    newest.subject,
    newest.cluster_id,
    newest.day,
    cluster_member.domain,
    split_part(cluster_member.domain, '.', 1) AS label
FROM newest
INNER JOIN cluster_member ON cluster_member.cluster_id = newest.cluster_id AND cluster_member.day = newest.day
