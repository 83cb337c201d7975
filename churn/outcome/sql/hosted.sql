-- Step 3. The DNS as it was told and as it is now; an answer that was not obtained says nothing.
CREATE TEMP TABLE hosted AS
WITH answer AS (
    SELECT
        domain,
        observed_at,
        rcode,
        nullif(ns, []) AS ns,
        CASE WHEN a IS NOT NULL OR aaaa IS NOT NULL THEN list_concat(coalesce(a, []), coalesce(aaaa, [])) END AS addresses,
        asn
    FROM hosting
    SEMI JOIN told USING (domain)
    WHERE rcode IN ('NOERROR', 'NXDOMAIN')
),
before AS (
    SELECT told.scope, told.key, told.domain, answer.ns, answer.addresses, answer.asn
    FROM told
    INNER JOIN answer ON answer.domain = told.domain AND answer.observed_at <= told.told_at
    QUALIFY row_number() OVER (
        PARTITION BY told.scope, told.key, told.domain ORDER BY answer.observed_at DESC, len(answer.asn) DESC NULLS LAST
    ) = 1
),
after AS (
    SELECT told.scope, told.key, told.domain, answer.*
    FROM told
    INNER JOIN answer ON answer.domain = told.domain AND answer.observed_at > told.told_at
    QUALIFY row_number() OVER (
        PARTITION BY told.scope, told.key, told.domain ORDER BY answer.observed_at DESC, answer.rcode
    ) = 1
)
SELECT
    after.scope,
    after.key,
    after.domain,
    after.observed_at,
    after.rcode,
    before.ns AS ns_told,
    coalesce(after.ns, CASE WHEN after.rcode = 'NOERROR' THEN nullif(registered.nameservers, []) END) AS ns_now,
    len(before.addresses) > 0 AND len(after.addresses) = 0 AS is_without_address,
    CASE
        WHEN len(before.asn) > 0 AND len(after.asn) > 0
            THEN if(told.asn IS NULL, NOT list_has_any(before.asn, after.asn), NOT list_contains(after.asn, told.asn))
    END AS is_elsewhere
FROM after
INNER JOIN told USING (scope, key, domain)
LEFT JOIN before USING (scope, key, domain)
LEFT JOIN registered USING (scope, key, domain)
