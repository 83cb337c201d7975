-- Step 7. The order of the day's registration look-ups, and which of them the budget pays for.
--
-- 1. The sample is drawn first, from all of the day's names that are not reported: those with the smallest hashes.
--    So it says of them what they are like, whatever else the plan prefers; its size is a share of the budget.
-- 2. Reported names may have all but the sample; re-checks have at most a share of what these leave.
-- 3. Names that share have what is left, the most promising first; then the rest.
WITH drawn AS (
    SELECT domain, row_number() OVER (ORDER BY md5(CAST($day AS VARCHAR) || domain)) <= $sample AS in_sample
    FROM plan_name
    WHERE to_ask AND NOT is_reported
),
candidate AS (
    SELECT
        plan_name.domain,
        CASE
            WHEN is_reported THEN 'reported'
            WHEN in_sample THEN 'sample'
            WHEN coalesce(gain, 0) < $least_gain THEN 'rest'
            WHEN best.by_report THEN 'shares_with_reported'
            ELSE 'shares_with_burst'
        END AS reason,
        coalesce(gain, 0) AS gain,
        best
    FROM plan_name
    LEFT JOIN drawn USING (domain)
    LEFT JOIN plan_score USING (domain)
    WHERE to_ask
    UNION ALL
    SELECT domain, 'recheck', -age, NULL FROM plan_recheck
),
class AS (
    SELECT
        *,
        CASE reason WHEN 'reported' THEN 1 WHEN 'recheck' THEN 3 WHEN 'sample' THEN 4 WHEN 'rest' THEN 5 ELSE 2 END AS class
    FROM candidate
),
size AS (
    SELECT count(*) FILTER (class = 1) AS of_reported, count(*) FILTER (class = 4) AS of_sample FROM class
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY class ORDER BY gain DESC, md5(domain)) AS place
    FROM class
    CROSS JOIN size
),
entitled AS (
    SELECT
        *,
        CASE class
            WHEN 1 THEN CASE WHEN place <= $budget - of_sample THEN 1 ELSE 4 END
            WHEN 3 THEN CASE WHEN place <= floor($recheck_share * ($budget - of_sample - of_reported)) THEN 1 ELSE 5 END
            WHEN 4 THEN 1
            WHEN 2 THEN 2
            ELSE 3
        END AS turn
    FROM placed
),
chosen AS (
    SELECT *, row_number() OVER (ORDER BY turn, class, place) <= $budget AS chosen FROM entitled
),
ranked AS (
    SELECT *, row_number() OVER (ORDER BY chosen DESC, class, place) AS rank FROM chosen
),
named AS (
    SELECT DISTINCT id, field, value FROM plan_today WHERE family <> 'infrastructure'
),
label AS (
    SELECT id, field, value, domains FROM plan_value
    UNION ALL
    SELECT
        plan_joint.id,
        plan_value.field || '+' || named.field,
        plan_value.value || ' + ' || named.value,
        together
    FROM plan_joint
    INNER JOIN plan_value ON plan_value.id = place_id
    INNER JOIN named ON named.id = manner_id
)
SELECT
    CAST($day AS DATE) AS day,
    domain,
    'registration' AS kind,
    rank,
    reason,
    label.field,
    left(label.value, 300) AS value,
    label.domains,
    chosen
FROM ranked
LEFT JOIN label ON class = 2 AND label.id = best.id
WHERE chosen OR reason = 'reported' OR rank <= $budget + $told_of_the_rest
