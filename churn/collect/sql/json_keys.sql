-- The keys that the objects of a file have.
SELECT DISTINCT unnest(json_keys(text)) AS key
FROM json_line
WHERE json_valid(text) AND json_type(text) = 'OBJECT'
ORDER BY key
