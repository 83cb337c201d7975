-- Each domain of the packets with its newest records, one structure a table. A network's are of the day's answer.
WITH newest_hosting AS (
    SELECT *
    FROM hosting
    SEMI JOIN item USING (domain)
    QUALIFY row_number() OVER (PARTITION BY domain ORDER BY observed_at DESC, resolver, rcode) = 1
),
newest_certificate AS (
    SELECT *
    FROM certificate
    SEMI JOIN item USING (domain)
    QUALIFY row_number() OVER (PARTITION BY domain ORDER BY observed_at DESC, not_before DESC NULLS LAST, sha256, source) = 1
)
SELECT
    item AS item,
    record AS registration,
    CASE item.scope WHEN 'network' THEN answer ELSE newest_hosting END AS hosting,
    newest_certificate AS certificate
FROM item
SEMI JOIN recipient USING (scope, recipient)
LEFT JOIN record USING (domain)
LEFT JOIN newest_hosting USING (domain)
LEFT JOIN answer USING (domain)
LEFT JOIN newest_certificate USING (domain)
WHERE item.state IN ('new', 'repeat', 'resolved', 'not_alleged')
ORDER BY item.scope, item.recipient, item.domain
