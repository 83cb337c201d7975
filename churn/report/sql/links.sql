-- The ledger of each section's cluster, by shared value: the values that hold most members, a few of every field.
WITH valued AS (
    SELECT
        cluster_id,
        family,
        field,
        value,
        count(DISTINCT domain) AS members,
        count(DISTINCT domain) FILTER (reported_day IS NOT NULL) AS reported,
        max(domains_with_value) AS domains_with_value,
        max(in_cluster) AS in_cluster,
        max(weight) AS weight,
        list(DISTINCT source ORDER BY source) FILTER (source IS NOT NULL) AS sources,
        min(observed_at) AS first_observed_at,
        max(observed_at) AS last_observed_at
    FROM link
    JOIN subject USING (domain)
    SEMI JOIN section USING (cluster_id)
    WHERE day = $day
    GROUP BY cluster_id, family, field, value
),
held AS (
    SELECT cluster_id, field, count(DISTINCT domain) AS members_of_field
    FROM link
    SEMI JOIN section USING (cluster_id)
    WHERE day = $day
    GROUP BY cluster_id, field
),
placed AS (
    SELECT
        valued.*,
        held.members_of_field,
        row_number() OVER (PARTITION BY cluster_id, field ORDER BY members DESC, domains_with_value, value) AS place_in_field,
        count(*) OVER (PARTITION BY cluster_id, field) AS values_of_field
    FROM valued
    JOIN held USING (cluster_id, field)
)
SELECT *
FROM placed
WHERE place_in_field <= $per_field
QUALIFY row_number() OVER (PARTITION BY cluster_id ORDER BY members DESC, domains_with_value, field, value) <= $top
ORDER BY cluster_id, members DESC, domains_with_value, field, value
