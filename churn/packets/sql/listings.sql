-- Where each domain that is told of stands on a reported list: newest first, at most 20.
SELECT sighting.domain, sighting.feed, sighting.fqdn, sighting.reference, sighting.seen_at, sighting.day, sighting.label, sighting.series_hash
FROM sighting
SEMI JOIN (SELECT domain FROM item WHERE state IN ('new', 'repeat')) AS alleged USING (domain)
WHERE kind = 'reported' AND day <= $day
QUALIFY row_number() OVER (PARTITION BY domain ORDER BY day DESC, seen_at DESC NULLS LAST, feed, reference, fqdn) <= 20
ORDER BY domain, day DESC, seen_at DESC NULLS LAST, feed, reference, fqdn
