-- Step 7a. The ledger, with numbers for names: for each member the values that hold it, and how surprising their best
-- pair is (nats a domain). An attached member is held by the values that its cluster holds.
SELECT in_pair.id, in_pair.code, in_pair.surprise AS weight
FROM in_pair
INNER JOIN core_member ON core_member.id = in_pair.id
UNION ALL
SELECT
    attached.id,
    attached.code,
    ln(CAST(candidate_value.field_domains AS DOUBLE) / candidate_value.domains) * attached.share
FROM attached
INNER JOIN member ON member.id = attached.id AND member.component = attached.component
INNER JOIN candidate_value ON candidate_value.code = attached.code
