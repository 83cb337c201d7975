-- The scoreboard as it stood last by the day, those who were told most first; how many there are of each kind.
SELECT *, count(*) FILTER (key <> 'all') OVER (PARTITION BY scope) AS recipients
FROM scoreboard
WHERE day = (SELECT max(day) FROM scoreboard WHERE day <= $day)
ORDER BY scope DESC, key <> 'all', told DESC, key
