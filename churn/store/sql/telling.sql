-- What each recipient was told of each domain, and what became of it since the first telling. When somebody acted lies between
-- two instants: the last check (or the telling) at which it was active, and the first at which it was not.
CREATE OR REPLACE VIEW telling AS
WITH told AS (
    SELECT
        packet.scope,
        packet.key,
        packet_item.domain,
        arg_min(packet.packet_id, (packet.written_at, packet.packet_id)) AS packet_id,
        arg_max(packet_item.cluster_id, (packet.written_at, packet.packet_id)) AS cluster_id,
        min(packet.written_at) AS told_at,
        max(packet.written_at) AS last_told_at,
        count(*) AS times_told
    FROM packet
    INNER JOIN packet_item USING (packet_id)
    WHERE packet_item.state IN ('new', 'repeat')
    GROUP BY packet.scope, packet.key, packet_item.domain
),
found AS (
    SELECT
        scope,
        key,
        domain,
        count(*) AS checks,
        max(observed_at) AS checked_at,
        arg_max(state, observed_at) AS state,
        min(observed_at) FILTER (state <> 'active') AS acted_by_at,
        arg_min(active_at, observed_at) FILTER (state <> 'active') AS acted_after_at,
        arg_min(actor, observed_at) FILTER (state <> 'active' AND actor IS NOT NULL) AS actor
    FROM outcome
    GROUP BY scope, key, domain
)
SELECT
    told.*,
    coalesce(found.checks, 0) AS checks,
    found.checked_at,
    found.state,
    coalesce(found.actor, CASE WHEN found.checks > 0 AND found.acted_by_at IS NULL THEN 'nobody' END) AS actor,
    found.acted_after_at,
    found.acted_by_at
FROM told
LEFT JOIN found USING (scope, key, domain)
