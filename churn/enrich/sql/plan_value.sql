-- Step 4. Each value of theirs: how many domains of the window have it, how many of them are the day's, how many are
-- reported, and from that two weights.
--
-- `reported_weight`: reported domains beyond those that a hub of this size has by chance (two standard deviations).
-- `burst_nats`: surprise at the day's number against the mean of the days before, n ln(n/E) - (n - E).
-- `exposure`: domains that had their chance of being reported; those of the day had a fifth of it.
CREATE TEMP TABLE plan_value AS
WITH wanted AS (
    SELECT field, value, count(*) AS today FROM plan_today WHERE family <> 'circumstance' GROUP BY field, value
),
reported AS (
    SELECT DISTINCT domain FROM sighting WHERE kind = 'reported'
),
base AS (
    SELECT
        (SELECT count(*) FROM reported) / greatest(1, approx_count_distinct(domain)) AS reported_share,
        count(DISTINCT day) FILTER (day < $day) AS days_before
    FROM sighting
),
counted AS (
    SELECT
        field,
        value,
        any_value(wanted.today) AS today,
        count(DISTINCT plan_trait.domain) AS domains,
        count(DISTINCT plan_trait.domain) FILTER (reported.domain IS NOT NULL) AS reported
    FROM plan_trait
    INNER JOIN wanted USING (field, value)
    LEFT JOIN reported ON reported.domain = plan_trait.domain
    GROUP BY field, value
),
expected AS (
    SELECT
        *,
        domains - today AS before,
        domains * reported_share AS reported_by_chance,
        (domains - today + 0.5 * today) / (days_before + 0.5) + 0.5 AS mean
    FROM counted
    CROSS JOIN base
)
SELECT
    field,
    value,
    domains,
    today,
    reported,
    greatest(0, reported - reported_by_chance - 2 * sqrt(reported_by_chance)) AS reported_weight,
    CASE WHEN today >= 3 AND today > mean THEN today * ln(today / mean) - (today - mean) ELSE 0 END AS burst_nats,
    before + 0.2 * today + 2 AS exposure
FROM expected
