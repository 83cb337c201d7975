-- Variants. Which labels are variants of given ones: the same (under another suffix), mistaken for them, or one edit off
-- (`near_label`); of such a length that this is not chance. Labels that differ in digits alone are a counter's.
CREATE OR REPLACE TEMP TABLE alike AS
WITH pair AS (
    SELECT given_name.label AS given_label, new_name.label
    FROM given_name
    INNER JOIN new_name ON new_name.skeleton = given_name.skeleton
    UNION
    SELECT given_name.label, new_name.label
    FROM given_name
    INNER JOIN new_name ON new_name.label = given_name.label
    UNION
    SELECT seed, name FROM near_label
)
SELECT pair.given_label, pair.label, bool_or(new_name.skeleton = given_name.skeleton) AS mistaken
FROM pair
INNER JOIN given_name ON given_name.label = pair.given_label
INNER JOIN new_name ON new_name.label = pair.label
WHERE len(pair.given_label) >= $shortest
    AND len(pair.label) >= $shortest
    AND (pair.label = pair.given_label
        OR regexp_replace(pair.label, '[0-9]', '', 'g') <> regexp_replace(pair.given_label, '[0-9]', '', 'g'))
GROUP BY pair.given_label, pair.label
