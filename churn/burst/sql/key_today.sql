-- Today's counts that could be bursts, of each key its largest.
SELECT key, scope, place, observed
FROM key_cell
WHERE source = $source AND day = $day AND observed >= $least
QUALIFY row_number() OVER (PARTITION BY key ORDER BY observed DESC, place) = 1
ORDER BY observed DESC, scope
