-- The shared values of each section's cluster that are told: those that hold most members, and the first of every field.
WITH held AS (
    SELECT cluster_id, field, count(DISTINCT domain) AS members_of_field
    FROM link
    SEMI JOIN section USING (cluster_id)
    WHERE day = $day
    GROUP BY cluster_id, field
)
SELECT *
FROM held_value
JOIN held USING (cluster_id, field)
WHERE place <= $top OR place_in_field = 1
ORDER BY cluster_id, place
