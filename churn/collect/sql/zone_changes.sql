-- What changed between two days of a zone, by the names themselves; a name that a file holds twice counts once.
SELECT DISTINCT
    coalesce(newer.fqdn, older.fqdn) AS fqdn, CASE WHEN older.fqdn IS NULL THEN 'registered' ELSE 'dropped' END AS kind
FROM read_parquet($newer) AS newer FULL OUTER JOIN read_parquet($older) AS older ON newer.fqdn = older.fqdn
WHERE newer.fqdn IS NULL OR older.fqdn IS NULL
