-- Step 7. What is said of each domain today, and to whom: `state` as in `packet_item`, or a reason why nobody is told.
-- $since is the first day of the window. A domain is weighed against what its sponsor of today was told, nobody else.
CREATE TEMP TABLE item AS
WITH known AS (
    SELECT
        coalesce(member.domain, told.domain) AS domain,
        member.cluster_id,
        member.role,
        member.score,
        member.holds_without_strongest,
        member.marked_reported,
        record.sponsor AS recipient,
        record.sponsors,
        standing.settled,
        reported.last_reported_day,
        reported.first_reported_at,
        reported.times_reported,
        told.first_told_day,
        told.first_packet_id,
        told.last_told_day,
        told.resolved_day
    FROM member
    FULL JOIN (SELECT told.* FROM told INNER JOIN record ON record.domain = told.domain AND record.sponsor = told.recipient) AS told
        ON told.domain = member.domain
    LEFT JOIN record ON record.domain = coalesce(member.domain, told.domain)
    LEFT JOIN standing ON standing.domain = coalesce(member.domain, told.domain)
    LEFT JOIN reported ON reported.domain = coalesce(member.domain, told.domain)
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
        WHEN recipient IS NULL THEN 'no_sponsor'
        WHEN last_told_day IS NULL THEN 'new'
        WHEN last_reported_day < $day THEN 'told'
        WHEN resolved_day >= last_told_day OR last_told_day <= $repeat_before THEN 'repeat'
        ELSE 'told'
    END AS state
FROM known
