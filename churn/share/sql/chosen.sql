-- The clusters to share: those that are named; where none is, those with a reported member that nobody judged benign.
CREATE TEMP TABLE chosen AS
WITH decided AS (
    SELECT subject AS cluster_id, arg_max(verdict, given_at) AS verdict
    FROM verdict
    WHERE verdict IN ('confirmed', 'benign', 'watch')
    GROUP BY subject
)
SELECT cluster_day.*, decided.verdict
FROM cluster_day
LEFT JOIN decided USING (cluster_id)
WHERE cluster_day.day = $day
    AND CASE
        WHEN len(CAST($clusters AS VARCHAR[])) > 0 THEN list_contains(CAST($clusters AS VARCHAR[]), cluster_day.cluster_id)
        ELSE cluster_day.reported_members > 0 AND decided.verdict IS DISTINCT FROM 'benign'
    END
