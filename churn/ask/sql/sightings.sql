-- Where and when a domain was listed, up to a day.
SELECT kind, feed, seen_at, reference, label
FROM sighting
WHERE domain = $domain AND day <= coalesce($day, day)
ORDER BY seen_at, feed
