-- The packets that told of a domain, or put it in the file of those that are not alleged.
SELECT packet_item.day, packet_item.state, packet.recipient, packet.scope, packet.written_at, packet_item.packet_id
FROM packet_item
LEFT JOIN packet ON packet.packet_id = packet_item.packet_id
WHERE packet_item.domain = $domain AND packet_item.day <= coalesce($day, packet_item.day)
ORDER BY packet_item.day, packet_item.packet_id
