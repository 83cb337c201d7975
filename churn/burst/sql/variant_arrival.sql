-- Siblings 2b. The day's arrivals that nobody reported.
CREATE OR REPLACE TEMP TABLE variant_arrival AS
SELECT
    today.domain,
    split_part(today.domain, '.', 1) AS label,
    coalesce(form.skeleton, split_part(today.domain, '.', 1)) AS skeleton
FROM (SELECT DISTINCT domain FROM sighting WHERE kind = 'registered' AND day = $day) AS today
ANTI JOIN (SELECT domain FROM sighting WHERE kind = 'reported' AND day <= $day) AS listed ON listed.domain = today.domain
LEFT JOIN (SELECT domain, any_value(skeleton) AS skeleton FROM name_form GROUP BY domain) AS form ON form.domain = today.domain
