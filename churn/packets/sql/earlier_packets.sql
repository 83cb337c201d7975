-- The packets that each recipient has had, newest first.
SELECT TRY_CAST(key AS INTEGER) AS recipient, day, packet_id, written_at
FROM packet
WHERE scope = 'registrar' AND day <= $day
ORDER BY day DESC, written_at DESC, packet_id
