-- What changed between two days of a zone, by the names themselves; a name that a file holds twice counts once.
SELECT fqdn, 'registered' AS kind
FROM (SELECT fqdn FROM read_parquet($newer) EXCEPT SELECT fqdn FROM read_parquet($older))
UNION ALL
SELECT fqdn, 'dropped' AS kind
FROM (SELECT fqdn FROM read_parquet($older) EXCEPT SELECT fqdn FROM read_parquet($newer))
