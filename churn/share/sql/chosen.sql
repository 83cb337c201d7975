-- The clusters to share: those that are named; where none is, those with a reported member that nobody judged benign. A verdict
-- counts that stands, on the cluster itself or else as the day's bursts know it (`judgement`).
CREATE TEMP TABLE chosen AS
WITH given AS (
    SELECT subject, verdict FROM standing_verdict WHERE verdict IN ('confirmed', 'benign', 'watch')
),
decided AS (
    SELECT subject AS cluster_id, verdict FROM given
    UNION ALL
    SELECT judgement.cluster_id, judgement.verdict
    FROM judgement
    INNER JOIN given ON given.subject = judgement.subject AND given.verdict = judgement.verdict
    WHERE judgement.day = $day AND judgement.cluster_id NOT IN (SELECT subject FROM given)
)
SELECT cluster_day.*, decided.verdict
FROM cluster_day
LEFT JOIN decided USING (cluster_id)
WHERE cluster_day.day = $day
    AND CASE
        WHEN len(CAST($clusters AS VARCHAR[])) > 0 THEN list_contains(CAST($clusters AS VARCHAR[]), cluster_day.cluster_id)
        ELSE cluster_day.reported_members > 0 AND decided.verdict IS DISTINCT FROM 'benign'
    END
