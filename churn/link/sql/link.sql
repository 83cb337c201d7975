-- Step 7e. The day's ledger: every value that holds a member, how many domains of its cluster have it, and when it was seen for
-- this domain. In numbers and in no order: sorting millions of texts takes longer than all the rest. Texts come to the places
-- of members (link_member) and values (link_value), which are those of the table's key, after.
SELECT
    today.place AS member_place,
    value_text.place AS value_place,
    CAST(inside.domains AS INTEGER) AS in_cluster,
    round(seen_tie.weight, 4) AS weight,
    seen_tie.observed_at
FROM seen_tie
INNER JOIN today_member AS today ON today.id = seen_tie.id
INNER JOIN value_text ON value_text.code = seen_tie.code
INNER JOIN inside ON inside.component = today.component AND inside.code = seen_tie.code
