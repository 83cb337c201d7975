-- What packets told of before the day, with the day of the newest telling. Newest first: that is when somebody acts.
SELECT domain, max(day) AS told_day
FROM packet_item
WHERE state IN ('new', 'repeat') AND day < $day
GROUP BY domain
ORDER BY told_day DESC, domain
