-- How each domain that was told of before stands today, and who brought that about.
SELECT
    told.domain,
    arg_max(told.first_packet_id, told.last_told_day) AS packet_id,
    $now::TIMESTAMPTZ AS observed_at,
    coalesce(any_value(standing.settled), 'active') AS state,
    CASE any_value(standing.settled)
        WHEN 'client_hold' THEN 'registrar'
        WHEN 'server_hold' THEN 'registry'
        WHEN 'deleted' THEN 'deleted'
        WHEN 'not_delegated' THEN NULL  -- registrar, registry and registrant can all take a delegation away
        ELSE 'nobody'
    END AS actor,
    $day AS day
FROM told
LEFT JOIN standing USING (domain)
GROUP BY told.domain
ORDER BY told.domain
