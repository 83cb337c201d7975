-- Step 5. Their newest registration record. Of several of one hour RDAP goes before WHOIS, which is asked after it; where
-- these still name different registrars the sponsor is not known, and `sponsors` says how many were named.
CREATE TEMP TABLE record AS
WITH subject AS (
    SELECT domain FROM member
    UNION
    SELECT domain FROM told
),
latest AS (
    SELECT *
    FROM registration
    SEMI JOIN subject USING (domain)
    QUALIFY observed_at > max(observed_at) OVER (PARTITION BY domain) - INTERVAL 1 HOUR
),
newest AS (
    SELECT *
    FROM latest
    QUALIFY rank() OVER (
        PARTITION BY domain ORDER BY list_position(['rdap', 'whois', 'import'], source), observed_at DESC
    ) = 1
),
named AS (
    SELECT domain, count(DISTINCT registrar_iana_id) AS sponsors, min(registrar_iana_id) AS registrar_iana_id
    FROM newest
    GROUP BY domain
)
SELECT
    newest.*,
    named.sponsors,
    CASE WHEN named.sponsors = 1 THEN named.registrar_iana_id END AS sponsor
FROM newest
INNER JOIN named USING (domain)
QUALIFY row_number() OVER (
    PARTITION BY newest.domain
    ORDER BY newest.registrar_iana_id NULLS LAST, newest.created_at NULLS LAST, newest.endpoint, newest.handle, newest.raw_sha256
) = 1
