-- Step 6. What a look-up of each name is expected to bring: the odds that it belongs to what is reported or bursting,
-- from its strongest trait of each family, families being independent of each other. $nats_of_a_report nats of surprise
-- weigh as much as one reported domain. Added up in the order of the families: a sum of floating-point numbers depends on
-- its order, and by its last digit names of the same traits would stand in another order whenever they are planned again.
CREATE TEMP TABLE plan_score AS
WITH value_weight AS (
    SELECT
        id,
        least(0.99, reported_weight / exposure) AS by_report,
        least(0.5, burst_nats / $nats_of_a_report / exposure) AS by_burst
    FROM plan_value
    WHERE reported_weight > 0 OR burst_nats > 0
),
joint_weight AS (
    SELECT
        plan_joint.id,
        place_id,
        manner_id,
        least(0.5, nats / $nats_of_a_report / exposure) AS by_burst
    FROM plan_joint
    INNER JOIN plan_value ON plan_value.id = plan_joint.place_id
),
weighed AS (
    SELECT domain, family, value_weight.* FROM plan_today INNER JOIN value_weight USING (id)
    UNION ALL
    SELECT place.domain, 'joint', joint_weight.id, 0, by_burst
    FROM joint_weight
    INNER JOIN plan_today AS place ON place.id = place_id
    INNER JOIN plan_today AS manner ON manner.id = manner_id AND manner.domain = place.domain
),
strongest AS (
    SELECT
        domain,
        family,
        max(least(0.99, by_report + by_burst)) AS odds,
        arg_max({'id': id, 'by_report': by_report > by_burst}, (by_report + by_burst, id)) AS best
    FROM weighed
    GROUP BY domain, family
)
SELECT
    domain,
    1 - exp(sum(ln(1 - odds) ORDER BY family)) AS gain,
    arg_max(best, (odds, family)) AS best
FROM strongest
GROUP BY domain
