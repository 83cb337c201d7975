-- Step 5. How each domain stands for each recipient that was told of it, who brought that about, and when it was seen to be
-- active last. Only what was answered since the last row of the ledger makes a new one. A mark that somebody leaves is seen
-- with one answer; that it is active, or that nobody left one, only as far as both registry and DNS answered, where both had
-- answered before. What was told rested on answers, too: it was seen active by the older of them.
WITH seen AS (
    SELECT
        scope,
        key,
        domain,
        max(observed_at) AS checked_at,
        max(observed_at) FILTER (state = 'active') AS active_at
    FROM outcome
    INNER JOIN told USING (scope, key, domain)
    WHERE outcome.observed_at > told.told_at
    GROUP BY scope, key, domain
),
known AS (
    SELECT
        told.scope,
        told.key,
        told.domain,
        max(fact.observed_at) FILTER (fact.is_dns) AS dns_at,
        max(fact.observed_at) FILTER (NOT fact.is_dns) AS registry_at
    FROM told
    INNER JOIN (
        SELECT domain, observed_at, false AS is_dns FROM registration
        UNION ALL
        SELECT domain, observed_at, true FROM hosting WHERE rcode IN ('NOERROR', 'NXDOMAIN')
    ) AS fact ON fact.domain = told.domain AND fact.observed_at <= told.told_at
    GROUP BY told.scope, told.key, told.domain
),
standing AS (
    SELECT
        told.*,
        greatest(registered.observed_at, hosted.observed_at, asked.answered_at) AS answered_at,
        CASE
            WHEN registered.observed_at IS NULL AND known.registry_at IS NOT NULL THEN NULL
            WHEN hosted.observed_at IS NULL AND known.dns_at IS NOT NULL THEN NULL
            ELSE least(registered.observed_at, hosted.observed_at)
        END AS complete_at,
        known.registry_at IS NULL OR hosted.observed_at IS NULL OR registered.observed_at >= hosted.observed_at - INTERVAL 12 HOUR
            AS is_of_one_check,
        seen.checked_at,
        coalesce(seen.active_at, least(known.dns_at, known.registry_at), told.told_at) AS active_at,
        CASE
            WHEN registered.is_new_registration THEN 're_registered'
            WHEN list_contains(registered.status, 'serverhold') THEN 'server_hold'
            WHEN list_contains(registered.status, 'clienthold') THEN 'client_hold'
            WHEN list_has_any(registered.status, ['pendingdelete', 'redemptionperiod']) THEN 'deleted'
            WHEN NOT asked.found THEN 'deleted'
            WHEN hosted.rcode = 'NXDOMAIN' OR list_contains(registered.status, 'inactive') THEN 'not_delegated'
            WHEN NOT list_has_any(hosted.ns_told, hosted.ns_now) THEN 'moved_delegation'
            WHEN registered.sponsor <> registered.sponsor_told THEN 'transferred'
            WHEN hosted.is_without_address THEN 'not_hosted'
            WHEN hosted.is_elsewhere THEN 'moved_network'
            ELSE 'active'
        END AS state
    FROM told
    LEFT JOIN registered USING (scope, key, domain)
    LEFT JOIN hosted USING (scope, key, domain)
    LEFT JOIN asked USING (scope, key, domain)
    LEFT JOIN seen USING (scope, key, domain)
    LEFT JOIN known USING (scope, key, domain)
),
dated AS (
    SELECT
        *,
        CASE
            WHEN state = 'active' THEN complete_at
            WHEN state <> 'not_delegated' OR is_of_one_check THEN answered_at
        END AS observed_at
    FROM standing
)
SELECT
    domain,
    scope,
    key,
    packet_id,
    told_at,
    active_at,
    observed_at,
    state,
    CASE
        WHEN state = 'client_hold' THEN 'registrar'
        WHEN state = 'server_hold' THEN 'registry'
        WHEN state IN ('deleted', 're_registered') THEN 'deleted'
        WHEN state IN ('not_hosted', 'moved_network') THEN 'hoster'
        WHEN state IN ('moved_delegation', 'transferred') THEN 'registrant'
        WHEN state = 'active' THEN 'nobody'
        -- not_delegated: registrar, registry and registrant can all take a delegation away
    END AS actor,
    CAST($day AS DATE) AS day
FROM dated
WHERE observed_at > told_at AND (checked_at IS NULL OR observed_at > checked_at)
ORDER BY domain, scope, key
