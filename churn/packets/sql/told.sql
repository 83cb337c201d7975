-- Step 3. What each registrar and network was told before this day, and what it was told as settled. A network is an AS:
-- what one desk of it was told counts for all of it (`subject`); `recipient` is the key of the newest packet.
CREATE TEMP TABLE told AS
WITH telling AS (
    SELECT
        packet.scope,
        CASE packet.scope WHEN 'network' THEN regexp_extract(packet.key, '^AS[0-9]+') ELSE packet.key END AS subject,
        packet.key,
        packet_item.domain,
        packet_item.state,
        packet.day,
        packet.packet_id
    FROM packet
    INNER JOIN packet_item USING (packet_id)
    WHERE packet.day < $day
)
SELECT
    scope,
    subject,
    arg_max(key, (day, packet_id)) AS recipient,
    domain,
    min(day) FILTER (state IN ('new', 'repeat')) AS first_told_day,
    arg_min(packet_id, (day, packet_id)) FILTER (state IN ('new', 'repeat')) AS first_packet_id,
    max(day) FILTER (state IN ('new', 'repeat')) AS last_told_day,
    max(day) FILTER (state = 'resolved') AS resolved_day
FROM telling
GROUP BY scope, subject, domain
HAVING first_told_day IS NOT NULL
