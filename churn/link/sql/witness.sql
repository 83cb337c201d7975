-- Step 7d. For each value whose words are not known, the domain for which it was seen last: its facts have them. Mostly that is
-- a domain of today.
SELECT seen.code, seen.id, window_domain.domain
FROM (
    SELECT seen_tie.code, seen_tie.id, row_number() OVER (PARTITION BY seen_tie.code ORDER BY seen_tie.observed_at DESC, seen_tie.id) AS place
    FROM seen_tie
    LEFT JOIN known_value ON known_value.code = seen_tie.code
    WHERE known_value.code IS NULL
) AS seen
INNER JOIN window_domain ON window_domain.id = seen.id
WHERE seen.place = 1
