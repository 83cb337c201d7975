-- Rows put aside on the day, by reason.
SELECT feed_or_table, reason, count(*) AS rows, min(line) AS first_line
FROM reject
WHERE day = $day
GROUP BY feed_or_table, reason
ORDER BY rows DESC, feed_or_table, reason
LIMIT $top
