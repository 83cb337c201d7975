-- Step 7e. The day's ledger: every value that holds a member, how many domains of the window have it, where and when it was seen
-- for this domain. In the order of the table's key, by the places of members and of values, and with the field's number only:
-- sorting millions of texts takes longer than all the rest. What a field is called ($fields, $families, $sources, by its
-- number) comes after.
WITH named AS (
    SELECT
        id,
        component,
        cluster_id,
        domain,
        CAST(row_number() OVER (ORDER BY cluster_id, domain) AS INTEGER) AS place
    FROM today_member
),
valued AS (
    SELECT
        value_text.code,
        CAST(list_position($fields, value_text.field) AS TINYINT) AS field,
        value_text.value,
        CAST(value_text.domains AS INTEGER) AS domains,
        CAST(row_number() OVER (ORDER BY value_text.field, value_text.value) AS INTEGER) AS place
    FROM value_text
),
in_order AS (
    SELECT
        named.cluster_id,
        named.domain,
        valued.field,
        valued.value,
        valued.domains,
        CAST(inside.domains AS INTEGER) AS in_cluster,
        round(seen_tie.weight, 4) AS weight,
        seen_tie.observed_at
    FROM seen_tie
    INNER JOIN named ON named.id = seen_tie.id
    INNER JOIN valued ON valued.code = seen_tie.code
    INNER JOIN inside ON inside.component = named.component AND inside.code = seen_tie.code
    ORDER BY named.place, valued.place
)
SELECT
    $day AS day,
    cluster_id,
    domain,
    $families[field] AS family,
    $fields[field] AS field,
    value,
    domains AS domains_with_value,
    in_cluster,
    weight,
    $sources[field] AS source,
    observed_at
FROM in_order
