-- Whose the announced prefixes of the members are, as last told by the day.
WITH wanted AS (
    SELECT DISTINCT unnest(prefix) AS prefix
    FROM hosting
    SEMI JOIN member USING (domain)
    WHERE day <= $day
)
SELECT prefix, asn, name
FROM network
SEMI JOIN wanted USING (prefix)
WHERE day <= $day AND asn IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY prefix ORDER BY observed_at DESC, source, asn, name) = 1
ORDER BY prefix
