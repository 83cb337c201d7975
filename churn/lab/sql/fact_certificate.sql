-- Certificates of the chosen that have TLS, where they are reported or share with reported names (where all are chosen: of
-- all). A key is known by its number and the world's seed.
WITH served AS (
    SELECT *, to_timestamp(created) AS created_at, sha256($seed || ' serial ' || domain)[:32] AS serial
    FROM fact_chosen
    WHERE cert >= 0 AND rcode = 0 AND (CAST($certificates AS BIGINT) IS NULL OR reason IN (1, 3))
)
SELECT
    domain,
    $at AS observed_at,
    'tls' AS source,
    sha256($seed || ' certificate ' || domain) AS sha256,
    sha256($seed || ' key ' || cert) AS spki_sha256,
    'CN=Lab R1,O=The Lab' AS issuer,
    serial,
    created_at + INTERVAL 3 MINUTE AS not_before,
    not_before + INTERVAL 90 DAY AS not_after,
    [domain, 'www.' || domain] AS names,
    $day AS day
FROM served
QUALIFY CAST($certificates AS BIGINT) IS NULL OR row_number() OVER (ORDER BY reason, rank) <= CAST($certificates AS BIGINT)
