-- Siblings 2b. The day's arrivals that nobody reported.
CREATE OR REPLACE TEMP TABLE variant_arrival AS
SELECT DISTINCT domain, split_part(domain, '.', 1) AS label
FROM sighting
ANTI JOIN (SELECT domain FROM sighting WHERE kind = 'reported' AND day <= $day) AS listed USING (domain)
WHERE kind = 'registered' AND day = $day
