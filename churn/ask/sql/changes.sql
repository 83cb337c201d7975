-- What changed of a domain, up to a day, the newest first.
SELECT field, before, after, source, seen_before_at, seen_after_at
FROM change
WHERE domain = $domain AND CAST(seen_after_at AS DATE) <= coalesce($day, CAST(seen_after_at AS DATE))
ORDER BY seen_after_at DESC, field, source
