-- Step 10. What is said of each domain today, and to whom: `state` as in `packet_item`, or a reason why nobody is told.
-- $since is the first day of the window. A domain is weighed against what its sponsor or network of today was told, nobody
-- else. Who was told of it and is known to have it no longer is told so: it has moved.
CREATE TEMP TABLE item AS
WITH subject AS (
    SELECT domain, scope
    FROM (
        SELECT domain FROM member
        UNION
        SELECT domain FROM told
    )
    CROSS JOIN (VALUES ('registrar'), ('network')) AS scopes (scope)
),
located AS (
    SELECT domain, 'registrar' AS scope FROM record WHERE sponsor IS NOT NULL
    UNION ALL
    SELECT domain, 'network' FROM answer ANTI JOIN (SELECT domain FROM place WHERE asn IS NULL) AS unattributed USING (domain)
),
addressee AS (
    SELECT subject.domain, subject.scope, addressed.subject, addressed.recipient, FALSE AS moved
    FROM subject
    LEFT JOIN addressed USING (domain, scope)
    UNION ALL
    SELECT told.domain, told.scope, told.subject, told.recipient, TRUE
    FROM told
    ANTI JOIN addressed USING (domain, scope, subject)
    SEMI JOIN located USING (domain, scope)
),
known AS (
    SELECT
        addressee.domain,
        addressee.scope,
        addressee.recipient,
        CASE WHEN addressee.moved THEN NULL ELSE member.cluster_id END AS cluster_id,
        member.role,
        member.score,
        member.holds_without_strongest,
        member.marked_reported,
        record.sponsors,
        CASE
            WHEN addressee.moved AND (addressee.scope = 'registrar' OR standing.settled IS NULL) THEN 'moved'
            ELSE standing.settled
        END AS settled,
        reported.last_reported_day,
        reported.first_reported_at,
        reported.times_reported,
        told.first_told_day,
        told.first_packet_id,
        told.last_told_day,
        told.resolved_day
    FROM addressee
    LEFT JOIN member USING (domain)
    LEFT JOIN told
        ON told.domain = addressee.domain AND told.scope = addressee.scope AND told.subject = addressee.subject
    LEFT JOIN record ON record.domain = addressee.domain
    LEFT JOIN standing ON standing.domain = addressee.domain
    LEFT JOIN reported ON reported.domain = addressee.domain
)
SELECT
    *,
    CASE
        WHEN settled IS NOT NULL AND last_told_day IS NOT NULL
            THEN CASE WHEN coalesce(resolved_day < last_told_day, TRUE) THEN 'resolved' ELSE 'settled' END
        WHEN cluster_id IS NULL THEN 'elsewhere'
        WHEN last_reported_day IS NULL
            THEN CASE WHEN recipient IS NULL OR marked_reported THEN 'elsewhere' ELSE 'not_alleged' END
        WHEN settled IS NOT NULL THEN 'settled'
        WHEN last_reported_day < $since THEN 'elsewhere'
        WHEN recipient IS NULL THEN CASE scope WHEN 'registrar' THEN 'no_sponsor' ELSE 'no_network' END
        WHEN last_told_day IS NULL THEN 'new'
        WHEN last_reported_day < $day THEN 'told'
        WHEN resolved_day >= last_told_day OR last_told_day <= $repeat_before THEN 'repeat'
        ELSE 'told'
    END AS state
FROM known
