-- Step 7. Their newest answer of the DNS on the day of writing: of an earlier one no hoster is told. A failure is no answer.
CREATE TEMP TABLE answer AS
SELECT *
FROM hosting
SEMI JOIN (
    SELECT domain FROM member
    UNION
    SELECT domain FROM told
) AS subject USING (domain)
WHERE day = $day AND (a IS NOT NULL OR aaaa IS NOT NULL OR rcode = 'NXDOMAIN')
QUALIFY row_number() OVER (PARTITION BY domain ORDER BY observed_at DESC, resolver, rcode, a, aaaa) = 1
