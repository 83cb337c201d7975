-- How many counts of today are of keys that are met for the first time.
SELECT count(*)
FROM key_cell
WHERE source = $source AND day = $day AND key NOT IN (SELECT key FROM key_cell WHERE source = $source AND day < $day)
