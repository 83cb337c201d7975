-- How many names of each day had a key, beside how many there were. Of batches those whose registration was looked up are
-- all that there were.
SELECT key_cell.day, sum(observed)::DOUBLE AS counted, if($source = 'batch', counted, any_value(exposure.names)) AS names
FROM key_cell
INNER JOIN exposure ON exposure.day = key_cell.day AND exposure.kind = 'registered'
WHERE source = $source
GROUP BY key_cell.day
ORDER BY key_cell.day
