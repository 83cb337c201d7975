-- Counts of newly registered names by key, of the last 28 days and today; where nothing was counted there is no row.
-- template: names that are built alike, by day. batch: names of one registrar under one TLD, by minute of creation. A key is the
-- number of a text, `scope` what it is of in words.
CREATE TABLE key_cell AS
SELECT
    'template' AS source,
    hash_of(template) AS key,
    day,
    CAST(NULL AS TIMESTAMPTZ) AS place,
    count(*) AS observed,
    CASE WHEN day = $day THEN any_value(template) END AS scope
FROM name_form
WHERE template IS NOT NULL
    AND day >= $day - INTERVAL 28 DAY
    AND day IN (SELECT day FROM exposure WHERE kind = 'registered')
    AND (day < $day OR domain IN (FROM fresh))
GROUP BY template, day
UNION ALL
SELECT
    'batch',
    hash_of(key),
    day,
    place,
    count(*),
    concat_ws(', ', min(registrar), '.' || split_part(key, '.', 2), strftime(place, '%Y-%m-%d %H:%M') || ' UTC')
FROM born
GROUP BY key, day, place
