-- Questions that Team Cymru's zones were asked lately, oldest first: the name that was asked, how it ended, the prefix.
SELECT endpoint, outcome, detail, day = $day AS is_today
FROM lookup
WHERE kind = 'network' AND ends_with(endpoint, '.' || $zone) AND attempted_at >= $since
ORDER BY attempted_at
