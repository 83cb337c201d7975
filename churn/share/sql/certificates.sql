-- The newest certificates that name a member, at most $most each. One that a log and a handshake both told is one.
WITH one AS (
    SELECT
        domain,
        max(sha256) AS sha256,
        issuer,
        serial,
        min(not_before) AS not_before,
        max(not_after) AS not_after
    FROM certificate
    SEMI JOIN member USING (domain)
    WHERE day <= $day AND (sha256 IS NOT NULL OR serial IS NOT NULL)
    GROUP BY domain, issuer, serial, CASE WHEN serial IS NULL THEN sha256 END
)
SELECT *
FROM one
QUALIFY row_number() OVER (PARTITION BY domain ORDER BY not_before DESC NULLS LAST, issuer, serial, sha256) <= $most
ORDER BY domain, not_before DESC NULLS LAST, issuer, serial, sha256
