-- What became of a domain that was told of, review by review.
SELECT day, state, actor, observed_at, packet_id
FROM outcome
WHERE domain = $domain AND day <= coalesce($day, day)
ORDER BY observed_at, packet_id
