-- Step 7e. The day's ledger: every value that holds a member, how many domains of the window have it, where and when it was seen
-- for this domain.
WITH named AS (
    SELECT member.id, member.component, identity.cluster_id, window_domain.domain
    FROM member
    INNER JOIN identity ON identity.component = member.component
    INNER JOIN window_domain ON window_domain.id = member.id
)
SELECT
    $day AS day,
    named.cluster_id,
    named.domain,
    value_text.family,
    value_text.field,
    value_text.value,
    value_text.domains AS domains_with_value,
    inside.domains AS in_cluster,
    round(seen_tie.weight, 4) AS weight,
    value_text.source,
    seen_tie.observed_at
FROM seen_tie
INNER JOIN named ON named.id = seen_tie.id
INNER JOIN value_text ON value_text.code = seen_tie.code
INNER JOIN inside ON inside.component = named.component AND inside.code = seen_tie.code
