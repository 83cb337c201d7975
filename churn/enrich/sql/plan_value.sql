-- Step 4. Each value of theirs that may tell something (three names of the day have it, or a reported one): how many
-- domains of the window have it, how many of them are the day's, how many are reported, and from that two weights.
--
-- `reported_weight`: reported domains beyond those that a hub of this size has by chance (two standard deviations).
-- `burst_nats`: surprise at the day's number against the mean of the days before, n ln(n/E) - (n - E).
-- `exposure`: domains that had their chance of being reported; those of the day had a fifth of it.
CREATE TEMP TABLE plan_value AS
WITH reported AS (
    SELECT DISTINCT domain FROM sighting WHERE kind = 'reported'
),
today AS (
    SELECT id, field, value, count(*) AS today FROM plan_today WHERE family <> 'circumstance' GROUP BY id, field, value
),
of_reported AS (
    SELECT field, value, count(DISTINCT domain) AS reported
    FROM plan_trait
    SEMI JOIN reported USING (domain)
    GROUP BY field, value
),
wanted AS (
    SELECT id, field, value, today, coalesce(reported, 0) AS reported
    FROM today
    LEFT JOIN of_reported USING (field, value)
    WHERE today >= 3 OR reported > 0
),
-- a domain may have been seen on several days; hashes are smaller than texts, and this is the window's largest table
counted AS (
    SELECT id, count(*) AS domains
    FROM (
        SELECT DISTINCT wanted.id, hash_of(domain) AS domain
        FROM plan_trait
        INNER JOIN wanted USING (field, value)
    )
    GROUP BY id
),
base AS (
    SELECT
        (SELECT count(*) FROM reported) / greatest(1, approx_count_distinct(domain)) AS reported_share,
        count(DISTINCT day) FILTER (day < $day) AS days_before
    FROM sighting
),
expected AS (
    SELECT
        wanted.*,
        domains,
        domains * reported_share AS reported_by_chance,
        (domains - today + 0.5 * today) / (days_before + 0.5) + 0.5 AS mean
    FROM wanted
    INNER JOIN counted USING (id)
    CROSS JOIN base
)
SELECT
    id,
    field,
    value,
    domains,
    today,
    reported,
    greatest(0, reported - reported_by_chance - 2 * sqrt(reported_by_chance)) AS reported_weight,
    CASE WHEN today >= 3 AND today > mean THEN today * ln(today / mean) - (today - mean) ELSE 0 END AS burst_nats,
    domains - today + 0.2 * today + 2 AS exposure
FROM expected
