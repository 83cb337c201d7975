-- Step 1. What each recipient was told before the day, and since when it may act: since it was first told, or told again
-- after the matter had been settled.
CREATE TEMP TABLE told AS
WITH each_telling AS (
    SELECT packet.scope, packet.key, packet_item.domain, packet.packet_id, packet.written_at
    FROM packet
    INNER JOIN packet_item USING (packet_id)
    WHERE packet_item.state IN ('new', 'repeat') AND packet.day < $day
),
newest AS (
    SELECT scope, key, domain, max(written_at) AS last_told_at FROM each_telling GROUP BY scope, key, domain
),
settled AS (
    SELECT newest.scope, newest.key, newest.domain, max(outcome.observed_at) AS settled_at
    FROM newest
    INNER JOIN outcome USING (scope, key, domain)
    WHERE outcome.state <> 'active' AND outcome.observed_at < newest.last_told_at
    GROUP BY newest.scope, newest.key, newest.domain
)
SELECT
    told.scope,
    told.key,
    told.domain,
    min(told.written_at) AS told_at,
    arg_min(told.packet_id, (told.written_at, told.packet_id)) AS packet_id,
    CASE WHEN told.scope = 'network' THEN TRY_CAST(regexp_extract(told.key, '^(AS)?([0-9]+)', 2) AS INTEGER) END AS asn
FROM each_telling AS told
LEFT JOIN settled USING (scope, key, domain)
WHERE settled.settled_at IS NULL OR told.written_at > settled.settled_at
GROUP BY told.scope, told.key, told.domain
