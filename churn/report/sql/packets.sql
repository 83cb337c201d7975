-- Packets written for the day, with counts only.
WITH counted AS (
    SELECT
        packet_id,
        count(*) FILTER (state = 'new') AS new,
        count(*) FILTER (state = 'repeat') AS repeat,
        count(*) FILTER (state = 'resolved') AS resolved,
        count(*) FILTER (state = 'not_alleged') AS not_alleged
    FROM packet_item
    WHERE day = $day
    GROUP BY packet_id
),
reachable AS (
    SELECT scope, key, email, phone, url
    FROM contact
    WHERE day <= $day
    QUALIFY row_number() OVER (PARTITION BY scope, key ORDER BY day DESC, observed_at DESC, source) = 1
)
SELECT
    packet_id,
    scope,
    key,
    recipient,
    path,
    coalesce(counted.new, 0) AS new,
    coalesce(counted.repeat, 0) AS repeat,
    coalesce(counted.resolved, 0) AS resolved,
    coalesce(counted.not_alleged, 0) AS not_alleged,
    coalesce(len(reachable.email), 0) > 0 AS has_email,
    coalesce(len(reachable.phone), 0) > 0 AS has_phone,
    coalesce(reachable.url, '') <> '' AS has_form
FROM packet
LEFT JOIN counted USING (packet_id)
LEFT JOIN reachable USING (scope, key)
WHERE packet.day = $day
ORDER BY new DESC, recipient, packet_id
