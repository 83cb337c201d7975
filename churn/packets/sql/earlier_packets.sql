-- The packets that each recipient has had, newest first.
SELECT scope, key AS recipient, day, packet_id, written_at
FROM packet
WHERE day <= $day
ORDER BY day DESC, written_at DESC, packet_id
