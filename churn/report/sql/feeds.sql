-- What each feed delivered on the day.
SELECT feed, kind, rows, new_rows, fetched_at, freshness_hours, gate, detail
FROM feed_day
WHERE day = $day
ORDER BY gate = 'ok', kind, feed
