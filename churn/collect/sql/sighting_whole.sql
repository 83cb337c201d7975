-- Of a list that is served whole each day: the names that no earlier day of it had, each once, by its earliest entry. Of a CT
-- log, which has many names of a domain, each domain once.
CREATE OR REPLACE TEMP TABLE sighting_of_day AS
SELECT *
FROM sighting_of_day
WHERE
    CASE WHEN $by_domain THEN domain NOT IN (SELECT domain FROM earlier_sighting) ELSE fqdn NOT IN (SELECT fqdn FROM earlier_sighting) END
QUALIFY row_number() OVER (
    PARTITION BY CASE WHEN $by_domain THEN domain ELSE fqdn END ORDER BY seen_at, fqdn, reference, label, series_hash, raw_sha256
) = 1
