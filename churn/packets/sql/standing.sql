-- Step 6. Which of them need nobody's action any more, and who brought that about. An answer of DNS or of a registry
-- that there is no such domain counts only if it is no older than the newest report and the newest record: by an hour, since
-- of the servers of one look-up, registry and registrar, one may know nothing of a domain that the other has.
CREATE TEMP TABLE standing AS
WITH subject AS (
    SELECT domain FROM member
    UNION
    SELECT domain FROM told
),
epp AS (
    SELECT domain, day AS record_day, observed_at, list_transform(status, lambda name: lower(replace(name, ' ', ''))) AS status
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
    SELECT domain, arg_max(outcome, attempted_at) AS outcome, max(attempted_at) AS attempted_at, max(day) AS asked_day
    FROM lookup
    SEMI JOIN subject USING (domain)
    WHERE kind IN ('rdap', 'whois') AND outcome IN ('ok', 'not_found')
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
        WHEN asked.outcome = 'not_found'
            AND asked.attempted_at > coalesce(epp.observed_at + INTERVAL 1 HOUR, asked.attempted_at - INTERVAL 1 SECOND)
            AND asked.asked_day >= coalesce(reported.last_reported_day, asked.asked_day) THEN 'deleted'
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
