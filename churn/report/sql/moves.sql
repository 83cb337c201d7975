-- What of the members changed on the day. The list narrows the view before it looks at anything else.
SELECT cluster_member.cluster_id, change.domain, change.field, change.source, change.before, change.after
FROM change
JOIN cluster_member ON cluster_member.day = $day AND cluster_member.domain = change.domain
JOIN section ON section.cluster_id = cluster_member.cluster_id
WHERE list_contains($domains, change.domain)
    AND change.seen_after_at >= $day
    AND change.seen_after_at < $day + INTERVAL 1 DAY
ORDER BY cluster_member.cluster_id, change.field, change.domain, change.source, change.seen_after_at
