-- Verdicts 4. The names of the day, reported ones too.
CREATE OR REPLACE TEMP TABLE watched_arrival AS
SELECT DISTINCT domain, split_part(domain, '.', 1) AS label
FROM sighting
WHERE kind IN ('registered', 'reported') AND day = $day
