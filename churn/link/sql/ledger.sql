-- Step 7d. The ledger in words: every value that holds a member, how many domains of the window have it, where and when
-- it was seen for this domain.
SELECT
    tie.id,
    member.component,
    field.family,
    field.name,
    member_evidence.text,
    candidate_value.domains,
    candidate_value.field_domains,
    inside.domains AS inside,
    tie.weight,
    member_evidence.source,
    member_evidence.observed_at
FROM tie
INNER JOIN member ON member.id = tie.id
INNER JOIN candidate_value ON candidate_value.code = tie.code
INNER JOIN field ON field.field = candidate_value.field
INNER JOIN inside ON inside.component = member.component AND inside.code = tie.code
INNER JOIN member_evidence ON member_evidence.id = tie.id AND member_evidence.code = tie.code
