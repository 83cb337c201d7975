-- Step 7e. The day's ledger: every value that holds a member, how many domains of the window have it, where and when it was seen
-- for this domain. In the order of the table's key, by the places of members and of values: sorting millions of texts takes
-- longer than all the rest.
WITH named AS (
    SELECT
        member.id,
        member.component,
        identity.cluster_id,
        window_domain.domain,
        row_number() OVER (ORDER BY identity.cluster_id, window_domain.domain) AS place
    FROM member
    INNER JOIN identity ON identity.component = member.component
    INNER JOIN window_domain ON window_domain.id = member.id
),
valued AS (
    SELECT *, row_number() OVER (ORDER BY field, value) AS place FROM value_text
)
SELECT
    $day AS day,
    named.cluster_id,
    named.domain,
    valued.family,
    valued.field,
    valued.value,
    valued.domains AS domains_with_value,
    inside.domains AS in_cluster,
    round(seen_tie.weight, 4) AS weight,
    valued.source,
    seen_tie.observed_at
FROM seen_tie
INNER JOIN named ON named.id = seen_tie.id
INNER JOIN valued ON valued.code = seen_tie.code
INNER JOIN inside ON inside.component = named.component AND inside.code = seen_tie.code
ORDER BY named.place, valued.place
