-- What changed in a zone; a change has no line.
INSERT INTO entry
SELECT $digest, $fetched_at, NULL, fqdn, NULL, NULL, NULL, NULL, kind
FROM zone_change
LIMIT $maximum_rows
