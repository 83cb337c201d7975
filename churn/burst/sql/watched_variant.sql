-- Verdicts 4. Names of the day whose label is that of a watched member under another suffix, one edit off it, or mistaken for it
-- (as in siblings 2, of reported names too): labels are at most one edit apart only where they are equal after one character
-- at most is left out of each; labels that differ in digits alone are a counter's.
WITH arrival AS (
    SELECT today.domain, split_part(today.domain, '.', 1) AS label, coalesce(form.skeleton, split_part(today.domain, '.', 1)) AS skeleton
    FROM (SELECT DISTINCT domain FROM sighting WHERE kind IN ('registered', 'reported') AND day = $day) AS today
    LEFT JOIN (SELECT domain, any_value(skeleton) AS skeleton FROM name_form GROUP BY domain) AS form ON form.domain = today.domain
    WHERE len(split_part(today.domain, '.', 1)) >= 6
),
name AS MATERIALIZED (
    SELECT DISTINCT label, skeleton, true AS is_watched FROM watched_name WHERE len(label) >= 6
    UNION ALL
    SELECT DISTINCT label, skeleton, false FROM arrival
),
form AS (
    SELECT label, skeleton, is_watched, hash(label) AS form FROM name
    UNION ALL
    SELECT label, skeleton, is_watched, hash('=' || skeleton) FROM name
    UNION ALL
    SELECT label, skeleton, is_watched, hash(left(label, place::INTEGER) || substr(label, place::INTEGER + 2))
    FROM name
    INNER JOIN range(0, 64) AS places (place) ON place < len(label)
),
alike AS (
    SELECT DISTINCT watched.label AS member_label, new.label, damerau_levenshtein(new.label, watched.label) AS distance
    FROM form AS watched
    INNER JOIN form AS new ON new.form = watched.form
    WHERE watched.is_watched
        AND NOT new.is_watched
        AND (new.skeleton = watched.skeleton OR damerau_levenshtein(new.label, watched.label) <= 1)
        AND (new.label = watched.label
            OR regexp_replace(new.label, '[0-9]', '', 'g') <> regexp_replace(watched.label, '[0-9]', '', 'g'))
)
SELECT watched_name.subject, 'variant' AS kind, arrival.domain, watched_name.cluster_id, watched_name.domain AS related
FROM alike
INNER JOIN arrival ON arrival.label = alike.label
INNER JOIN watched_name ON watched_name.label = alike.member_label
ANTI JOIN watched_name AS inside ON inside.subject = watched_name.subject AND inside.domain = arrival.domain
QUALIFY row_number() OVER (
    PARTITION BY watched_name.subject, arrival.domain
    ORDER BY alike.distance, watched_name.domain, watched_name.cluster_id
) = 1
