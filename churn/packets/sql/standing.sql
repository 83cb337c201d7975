-- Step 6. Which of them need nobody's action any more, and who brought that about. An answer of DNS or of a registry
-- that there is no such domain counts only if it is no older than the newest report; `registry_answer` says which one holds.
CREATE TEMP TABLE standing AS
WITH subject AS (
    SELECT domain FROM member
    UNION
    SELECT domain FROM told
),
epp AS (
    SELECT domain, day AS record_day, list_transform(status, lambda name: lower(replace(name, ' ', ''))) AS status
    FROM record
),
dns AS (
    SELECT domain, arg_max(rcode, observed_at) AS rcode, max(day) AS dns_day
    FROM hosting
    SEMI JOIN subject USING (domain)
    WHERE rcode IS NOT NULL
    GROUP BY domain
),
asked AS (
    SELECT domain, arg_max(found, (counts_at, found)) AS found, arg_max(day, (counts_at, found)) AS asked_day
    FROM registry_answer
    SEMI JOIN subject USING (domain)
    GROUP BY domain
),
gone AS (
    SELECT domain, max(day) AS dropped_day
    FROM sighting
    SEMI JOIN subject USING (domain)
    WHERE kind = 'dropped' AND day <= $day
    GROUP BY domain
)
SELECT
    subject.domain,
    CASE
        WHEN list_contains(epp.status, 'serverhold') THEN 'server_hold'
        WHEN list_contains(epp.status, 'clienthold') THEN 'client_hold'
        WHEN list_has_any(epp.status, ['pendingdelete', 'redemptionperiod']) THEN 'deleted'
        WHEN NOT asked.found AND asked.asked_day >= coalesce(reported.last_reported_day, asked.asked_day) THEN 'deleted'
        WHEN gone.dropped_day >= greatest(reported.last_reported_day, epp.record_day) THEN 'deleted'
        WHEN list_contains(epp.status, 'inactive') THEN 'not_delegated'
        WHEN dns.rcode = 'NXDOMAIN' AND dns.dns_day >= coalesce(reported.last_reported_day, dns.dns_day) THEN 'not_delegated'
    END AS settled
FROM subject
LEFT JOIN epp USING (domain)
LEFT JOIN dns USING (domain)
LEFT JOIN asked USING (domain)
LEFT JOIN gone USING (domain)
LEFT JOIN reported USING (domain)
