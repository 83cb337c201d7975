-- Both feeds did well. The reported list is served whole, so its first day may be old news.
SELECT
    'lab_nrd' AS feed,
    $day AS day,
    'registered' AS kind,
    count(*) AS rows,
    count(*) AS new_rows,
    $at AS fetched_at,
    1.0 AS freshness_hours,
    'ok' AS gate,
    false AS backlog
FROM fact_name
WHERE day = $number
UNION ALL
SELECT
    'lab_reported',
    $day,
    'reported',
    count(*),
    count(*),
    $at,
    epoch(CAST($day AS TIMESTAMPTZ) + INTERVAL 1 DAY - max(seen_at)) / 3600,
    'ok',
    $number = 0
FROM listed
