-- Of the sightings of a day those that are news, each once, by the earliest entry. A list that is served whole tells news
-- of a name once; another one of a name and a reference, since a new reference is a new report. A CT log has many names
-- of a domain and tells news of the domain.
CREATE OR REPLACE TEMP TABLE sighting_of_day AS
WITH keyed AS (
    SELECT
        *,
        CASE WHEN $by_domain THEN domain ELSE fqdn END AS news_name,
        CASE WHEN NOT $whole THEN coalesce(reference, '') END AS news_reference
    FROM sighting_of_day
),
told AS (
    SELECT
        CASE WHEN $by_domain THEN domain ELSE fqdn END AS news_name,
        CASE WHEN NOT $whole THEN coalesce(reference, '') END AS news_reference
    FROM earlier_sighting
)
SELECT keyed.* EXCLUDE (news_name, news_reference)
FROM keyed
WHERE NOT EXISTS (
    SELECT 1
    FROM told
    WHERE told.news_name = keyed.news_name AND told.news_reference IS NOT DISTINCT FROM keyed.news_reference
)
QUALIFY row_number() OVER (
    PARTITION BY news_name, news_reference ORDER BY seen_at, fqdn, reference, label, series_hash, raw_sha256
) = 1
