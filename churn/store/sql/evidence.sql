-- Evidence: what a domain has that another may share, one row a domain and value, in families that are independent of each
-- other; two fields of one family are not. The linking reads the same views and counts the same values, as numbers.
CREATE OR REPLACE VIEW evidence AS
SELECT
    domain,
    family,
    field,
    value,
    any_value(source) AS source,
    min(observed_at) AS first_seen,
    max(observed_at) AS last_seen
FROM evidence_row
WHERE value <> ''
GROUP BY domain, family, field, value
