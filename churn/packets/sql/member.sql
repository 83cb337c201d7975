-- Step 2. Their members. A domain that is in two of them is told of once, in the one that it fits best.
CREATE TEMP TABLE member AS
SELECT domain, cluster_id, role, score, holds_without_strongest, reported AS marked_reported
FROM cluster_member
SEMI JOIN flagged USING (cluster_id)
WHERE day = $day
QUALIFY row_number() OVER (PARTITION BY domain ORDER BY score DESC NULLS LAST, cluster_id) = 1
