-- What packets told of a cluster, packet by packet.
SELECT
    packet_item.day,
    packet.recipient,
    count(*) FILTER (packet_item.state = 'new') AS new,
    count(*) FILTER (packet_item.state = 'repeat') AS repeated,
    count(*) FILTER (packet_item.state = 'resolved') AS resolved,
    count(*) FILTER (packet_item.state = 'not_alleged') AS not_alleged,
    packet_item.packet_id
FROM packet_item
LEFT JOIN packet ON packet.packet_id = packet_item.packet_id
WHERE packet_item.cluster_id = $cluster_id
GROUP BY packet_item.day, packet.recipient, packet_item.packet_id
ORDER BY packet_item.day, packet_item.packet_id
