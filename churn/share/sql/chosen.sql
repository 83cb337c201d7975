-- The clusters to share: those that are named; where none is, those with a reported member that nobody judged benign.
CREATE TEMP TABLE chosen AS
SELECT cluster_day.*, cluster_verdict.verdict
FROM cluster_day
LEFT JOIN cluster_verdict USING (day, cluster_id)
WHERE cluster_day.day = $day
    AND CASE
        WHEN len(CAST($clusters AS VARCHAR[])) > 0 THEN list_contains(CAST($clusters AS VARCHAR[]), cluster_day.cluster_id)
        ELSE cluster_day.reported_members > 0 AND cluster_verdict.verdict IS DISTINCT FROM 'benign'
    END
