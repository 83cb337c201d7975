-- Step 1. The clusters whose listing burst of the day is flagged, one burst each; not those that an analyst called benign, of
-- which the day's bursts know (`judgement`), or which came since.
CREATE TEMP TABLE flagged AS
WITH given AS (
    SELECT subject, verdict FROM standing_verdict WHERE verdict IN ('confirmed', 'benign', 'watch')
),
judged AS (
    SELECT subject AS cluster_id, verdict FROM given
    UNION ALL
    SELECT judgement.cluster_id, judgement.verdict
    FROM judgement
    INNER JOIN given ON given.subject = judgement.subject AND given.verdict = judgement.verdict
    WHERE judgement.day = $day AND judgement.cluster_id NOT IN (SELECT subject FROM given)
)
SELECT burst.*
FROM burst
LEFT JOIN judged ON judged.cluster_id = burst.cluster_id
WHERE burst.day = $day
    AND burst.kind = 'listing'
    AND burst.q_value < $burst_q
    AND burst.cluster_id IS NOT NULL
    AND judged.verdict IS DISTINCT FROM 'benign'
QUALIFY row_number() OVER (PARTITION BY burst.cluster_id ORDER BY burst.q_value, burst.observed DESC, burst.burst_id) = 1
