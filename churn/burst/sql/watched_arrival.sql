-- Verdicts 4. The names of the day, reported ones too.
CREATE OR REPLACE TEMP TABLE watched_arrival AS
SELECT today.domain, split_part(today.domain, '.', 1) AS label, coalesce(form.skeleton, split_part(today.domain, '.', 1)) AS skeleton
FROM (SELECT DISTINCT domain FROM sighting WHERE kind IN ('registered', 'reported') AND day = $day) AS today
LEFT JOIN (SELECT domain, any_value(skeleton) AS skeleton FROM name_form GROUP BY domain) AS form ON form.domain = today.domain
