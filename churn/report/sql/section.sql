-- Clusters that get a section of their own, strongest first: alleged matter before none, bursts before quiet ones.
CREATE TEMP TABLE section AS
WITH burst_of AS (
    SELECT cluster_id, min(q_value) AS q_value, min(p_value) AS p_value, max(observed) AS observed
    FROM burst
    WHERE day = $day AND cluster_id IS NOT NULL
    GROUP BY cluster_id
)
SELECT
    cluster_id,
    row_number() OVER (
        ORDER BY
            burst_of.q_value IS NOT NULL AND coalesce(reported_members, 0) > 0 DESC,
            burst_of.q_value IS NOT NULL DESC,
            burst_of.q_value,
            burst_of.p_value,
            burst_of.observed DESC,
            reported_members DESC,
            size DESC,
            cluster_id
    ) AS place
FROM cluster_day
LEFT JOIN burst_of USING (cluster_id)
WHERE day = $day AND (burst_of.q_value IS NOT NULL OR reported_members > 0)
QUALIFY place <= $sections
