-- named('t'): the rows of table t, whose column name_text is outside text, with the name that it holds: name_fqdn and
-- name_domain, or, where those are null, name_reason. The semantics are those of `churn.names.parse`. Needs the tables
-- suffix_rule and foreign_name; columns of t must not begin with name_.
--
-- 1. A host: the text as it stands where it is plain, as nearly all is, else taken apart; null where it is no name.
-- 2. Its last one to six labels: no rule of the public suffix list has more.
-- 3. The deepest rule that matches says how many labels the public suffix has; where none does, it has one.
CREATE OR REPLACE TEMP MACRO named(source) AS TABLE
WITH plain AS (
    SELECT
        *,
        strlen(name_text) > length(name_text) AS name_foreign,
        regexp_full_match(name_text, '([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+[a-z]+')
        AND (strlen(name_text) <= 63 OR (strlen(name_text) <= 253 AND NOT regexp_matches(name_text, '[^.]{64}'))) AS name_plain
    FROM query_table(source)
),
taken_apart AS (
    SELECT
        *,
        CASE WHEN NOT name_plain AND NOT name_foreign AND strlen(name_text) <= 4096 THEN name_host(name_text) END AS name_cut,
        CASE
            WHEN name_plain OR name_foreign THEN NULL
            WHEN name_text IS NULL THEN 'has no dot'
            WHEN strlen(name_text) > 4096 THEN 'longer than any name'
            ELSE name_fault(name_cut)
        END AS name_fault
    FROM plain
),
hosted AS (
    SELECT
        taken_apart.* EXCLUDE (name_cut, name_plain, name_fault),
        CASE WHEN name_foreign THEN foreign_name.reason ELSE name_fault END AS name_fault,
        CASE
            WHEN name_foreign THEN foreign_name.fqdn
            WHEN name_plain THEN taken_apart.name_text
            WHEN name_fault IS NULL THEN name_cut
        END AS name_fqdn
    FROM taken_apart
    LEFT JOIN foreign_name ON foreign_name.name_text = CASE WHEN name_foreign THEN taken_apart.name_text END
),
ended AS (
    SELECT
        *,
        string_split(name_fqdn, '.') AS name_labels,
        len(name_labels) AS name_depth,
        name_labels[-1] AS name_1,
        name_labels[-2] || '.' || name_1 AS name_2,
        CASE WHEN name_depth > 2 THEN name_labels[-3] || '.' || name_2 END AS name_3,
        CASE WHEN name_depth > 3 THEN name_labels[-4] || '.' || name_3 END AS name_4,
        CASE WHEN name_depth > 4 THEN name_labels[-5] || '.' || name_4 END AS name_5,
        CASE WHEN name_depth > 5 THEN name_labels[-6] || '.' || name_5 END AS name_6
    FROM hosted
),
ruled AS (
    SELECT
        ended.*,
        coalesce(
            CASE WHEN name_depth > 6 THEN rule_6.reach_below ELSE rule_6.reach END,
            CASE WHEN name_depth > 5 THEN rule_5.reach_below ELSE rule_5.reach END,
            CASE WHEN name_depth > 4 THEN rule_4.reach_below ELSE rule_4.reach END,
            CASE WHEN name_depth > 3 THEN rule_3.reach_below ELSE rule_3.reach END,
            CASE WHEN name_depth > 2 THEN rule_2.reach_below ELSE rule_2.reach END,
            rule_1.reach_below,
            1
        ) AS name_suffix
    FROM ended
    LEFT JOIN suffix_rule AS rule_1 ON rule_1.suffix = name_1
    LEFT JOIN suffix_rule AS rule_2 ON rule_2.suffix = name_2
    LEFT JOIN suffix_rule AS rule_3 ON rule_3.suffix = name_3
    LEFT JOIN suffix_rule AS rule_4 ON rule_4.suffix = name_4
    LEFT JOIN suffix_rule AS rule_5 ON rule_5.suffix = name_5
    LEFT JOIN suffix_rule AS rule_6 ON rule_6.suffix = name_6
)
SELECT
    * EXCLUDE (
        name_foreign, name_fault, name_fqdn, name_labels, name_depth, name_suffix,
        name_1, name_2, name_3, name_4, name_5, name_6
    ),
    CASE WHEN name_depth > name_suffix THEN name_fqdn END AS name_fqdn,
    CASE
        WHEN name_depth <= name_suffix THEN NULL
        WHEN name_suffix = 1 THEN name_2
        WHEN name_suffix = 2 THEN name_3
        WHEN name_suffix = 3 THEN name_4
        ELSE array_to_string(name_labels[-1 - name_suffix:], '.')
    END AS name_domain,
    CASE WHEN name_depth <= name_suffix THEN 'a public suffix, not a registrable name' ELSE name_fault END AS name_reason
FROM ruled
