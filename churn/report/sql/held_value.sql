-- The ledger of each section's cluster by shared value, numbered: those that hold most members first.
CREATE TEMP TABLE held_value AS
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
)
SELECT
    row_number() OVER (PARTITION BY cluster_id ORDER BY members DESC, domains_with_value, field, value) AS place,
    *,
    row_number() OVER (PARTITION BY cluster_id, field ORDER BY members DESC, domains_with_value, value) AS place_in_field,
    count(*) OVER (PARTITION BY cluster_id, field) AS values_of_field
FROM valued
