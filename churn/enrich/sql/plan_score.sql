-- Step 6. What a look-up of each name is expected to bring: the odds that it belongs to what is reported or bursting,
-- from its strongest trait of each family, families being independent of each other. $nats_of_a_report nats of surprise
-- weigh as much as one reported domain.
CREATE TEMP TABLE plan_score AS
WITH weighed AS (
    SELECT
        plan_today.domain,
        family,
        field,
        value,
        domains,
        least(0.99, reported_weight / exposure) AS by_report,
        least(0.5, burst_nats / $nats_of_a_report / exposure) AS by_burst
    FROM plan_today
    INNER JOIN plan_value USING (field, value)
    UNION ALL
    SELECT
        place.domain,
        'joint',
        field || '+' || plan_joint.manner,
        value || ' + ' || plan_joint.manner_value,
        plan_joint.together,
        0,
        least(0.5, plan_joint.nats / $nats_of_a_report / plan_value.exposure)
    FROM plan_joint
    INNER JOIN plan_value USING (field, value)
    INNER JOIN plan_today AS place USING (field, value)
    INNER JOIN plan_today AS likewise
        ON likewise.domain = place.domain AND likewise.field = plan_joint.manner AND likewise.value = plan_joint.manner_value
),
strongest AS (
    SELECT
        domain,
        family,
        max(least(0.99, by_report + by_burst)) AS odds,
        arg_max(
            {'odds': by_report + by_burst, 'by_report': by_report > by_burst, 'field': field, 'value': value, 'domains': domains},
            (by_report + by_burst, -domains, field, value)
        ) AS best
    FROM weighed
    WHERE by_report + by_burst > 0
    GROUP BY domain, family
)
SELECT
    domain,
    1 - exp(sum(ln(1 - odds))) AS gain,
    arg_max(best, (best.odds, family)) AS best
FROM strongest
GROUP BY domain
