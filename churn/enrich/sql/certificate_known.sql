-- Names whose certificates need no search: it was answered lately, or a log that is read brought one today.
SELECT domain FROM lookup WHERE kind = 'ct' AND day < $day AND outcome IN ('ok', 'not_found')
UNION
SELECT domain FROM certificate WHERE source = 'ct' AND day = $day AND ct_index IS NOT NULL
