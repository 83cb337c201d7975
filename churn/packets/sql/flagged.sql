-- Step 1. The clusters whose listing burst of the day is flagged, one burst each; not those that an analyst called benign.
CREATE TEMP TABLE flagged AS
SELECT burst.*
FROM burst
LEFT JOIN cluster_verdict USING (day, cluster_id)
WHERE burst.day = $day
    AND burst.kind = 'listing'
    AND burst.q_value < $burst_q
    AND burst.cluster_id IS NOT NULL
    AND cluster_verdict.verdict IS DISTINCT FROM 'benign'
QUALIFY row_number() OVER (PARTITION BY burst.cluster_id ORDER BY burst.q_value, burst.observed DESC, burst.burst_id) = 1
