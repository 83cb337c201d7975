-- Step 3. What each registrar was told before this day, and what it was told as settled.
CREATE TEMP TABLE told AS
WITH telling AS (
    SELECT
        TRY_CAST(packet.key AS INTEGER) AS recipient,
        packet_item.domain,
        packet_item.state,
        packet.day,
        packet.packet_id
    FROM packet
    INNER JOIN packet_item USING (packet_id)
    WHERE packet.scope = 'registrar' AND packet.day < $day
)
SELECT
    recipient,
    domain,
    min(day) FILTER (state IN ('new', 'repeat')) AS first_told_day,
    arg_min(packet_id, (day, packet_id)) FILTER (state IN ('new', 'repeat')) AS first_packet_id,
    max(day) FILTER (state IN ('new', 'repeat')) AS last_told_day,
    max(day) FILTER (state = 'resolved') AS resolved_day
FROM telling
GROUP BY recipient, domain
HAVING first_told_day IS NOT NULL
