-- Siblings 2c. The labels of the 28 days before, and how many names that nobody reported have each.
CREATE OR REPLACE TEMP TABLE variant_before AS
SELECT split_part(before.domain, '.', 1) AS label, count(*) AS names
FROM (SELECT DISTINCT domain FROM sighting WHERE kind = 'registered' AND day < $day AND day >= $day - INTERVAL 28 DAY) AS before
ANTI JOIN (SELECT domain FROM sighting WHERE kind = 'reported' AND day <= $day) AS listed ON listed.domain = before.domain
GROUP BY label
