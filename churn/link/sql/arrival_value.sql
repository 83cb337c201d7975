-- Arrivals 2. Count every value of one field of the day's arrivals as `candidate_value` does, with the standing window's count
-- of it (the view `standing_value`).
WITH held AS (
    SELECT value, CAST(1 AS INTEGER) AS domains FROM column_of WHERE value IS NOT NULL
    UNION ALL
    SELECT value, -1 FROM again_column_of WHERE value IS NOT NULL
    UNION ALL
    SELECT value, 1 FROM again_value WHERE field = $field
),
arrived AS (
    SELECT value, sum(domains) AS domains FROM held GROUP BY value HAVING sum(domains) >= 1
),
standing AS (
    SELECT code, value, domains, field_domains FROM standing_value WHERE field = $field
),
total AS (
    SELECT
        coalesce((SELECT max(field_domains) FROM standing), 0)
        + (SELECT count(value) FROM column_of)
        - (SELECT count(value) FROM again_column_of)
        + (SELECT count(DISTINCT id) FROM again_value WHERE field = $field) AS domains
),
counted AS (
    SELECT
        arrived.value,
        standing.code AS standing_code,
        CAST(arrived.domains + coalesce(standing.domains, 0) AS BIGINT) AS domains,
        total.domains AS field_domains,
        arrived.domains + coalesce(standing.domains, 0) <= greatest(3, $most * total.domains) AS may_link
    FROM arrived
    CROSS JOIN total
    LEFT JOIN standing ON standing.value = arrived.value
    WHERE arrived.domains + coalesce(standing.domains, 0) >= 3
)
SELECT
    CASE WHEN may_link THEN CAST($after + row_number() OVER (PARTITION BY may_link ORDER BY value) AS INTEGER) END AS code,
    CAST($field AS SMALLINT) AS field,
    value,
    domains,
    field_domains,
    standing_code
FROM counted
