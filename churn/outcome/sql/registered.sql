-- Step 2. The registration as it was told and as it is now. A protocol is compared with itself: RDAP and WHOIS name some
-- sponsors in two ways. Of several records of one hour RDAP's counts.
CREATE TEMP TABLE registered AS
WITH before AS (
    SELECT
        told.scope,
        told.key,
        told.domain,
        registration.source,
        arg_max(registration.registrar_iana_id, registration.observed_at) AS sponsor,
        arg_max(registration.created_at, registration.observed_at) AS created_at
    FROM told
    INNER JOIN registration ON registration.domain = told.domain AND registration.observed_at <= told.told_at
    GROUP BY told.scope, told.key, told.domain, registration.source
),
after AS (
    SELECT
        told.scope,
        told.key,
        told.domain,
        registration.source,
        registration.observed_at,
        registration.registrar_iana_id AS sponsor,
        registration.created_at,
        registration.nameservers,
        list_transform(registration.status, lambda name: lower(replace(name, ' ', ''))) AS status
    FROM told
    INNER JOIN registration ON registration.domain = told.domain AND registration.observed_at > told.told_at
    QUALIFY registration.observed_at
        > max(registration.observed_at) OVER (PARTITION BY told.scope, told.key, told.domain) - INTERVAL 1 HOUR
)
SELECT
    after.*,
    before.sponsor AS sponsor_told,
    coalesce(after.created_at > before.created_at + INTERVAL 1 DAY, false) AS is_new_registration
FROM after
LEFT JOIN before USING (scope, key, domain, source)
QUALIFY row_number() OVER (
    PARTITION BY after.scope, after.key, after.domain
    ORDER BY list_position(['rdap', 'whois', 'import'], after.source), after.observed_at DESC, after.status
) = 1
