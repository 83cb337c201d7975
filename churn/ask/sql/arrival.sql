-- Where an arrival of a day under way was placed.
SELECT arrival.day, arrival.cluster_id, cluster_day.name, cluster_day.size, arrival.role, arrival.standing, arrival.reported
FROM arrival
LEFT JOIN cluster_day ON cluster_day.cluster_id = arrival.cluster_id AND cluster_day.day = $day
WHERE arrival.domain = $domain AND arrival.day > coalesce($day, DATE '0001-01-01')
ORDER BY arrival.day DESC, arrival.cluster_id
