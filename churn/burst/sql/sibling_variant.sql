-- Siblings 2. The day's arrivals whose label is that of a reported member under another suffix, one edit off it, or mistaken
-- for it, and what speaks for each: how, how long ago the nearest member came, how many members it is a variant of, how long
-- it is, and how many unreported names of the 28 days before were as near (a common word has many neighbours). Of a confirmed
-- cluster every member counts as reported.
WITH listed AS (
    SELECT DISTINCT domain FROM sighting WHERE kind = 'reported' AND day <= $day
),
reported_member AS (
    SELECT cluster_id, domain
    FROM cluster_member
    WHERE day = $day
        AND (reported OR list_contains($confirmed::VARCHAR[], cluster_id))
        AND len(split_part(domain, '.', 1)) >= 6
),
form AS (
    SELECT domain, any_value(skeleton) AS skeleton FROM name_form GROUP BY domain
),
registered AS (
    SELECT reported_member.domain, min(sighting.day) AS day
    FROM reported_member
    INNER JOIN sighting ON sighting.domain = reported_member.domain AND sighting.kind = 'registered'
    GROUP BY reported_member.domain
),
member AS (
    SELECT
        reported_member.cluster_id,
        reported_member.domain,
        split_part(reported_member.domain, '.', 1) AS label,
        coalesce(form.skeleton, split_part(reported_member.domain, '.', 1)) AS skeleton,
        coalesce(date_diff('day', registered.day, $day), $window_days) AS age
    FROM reported_member
    LEFT JOIN form ON form.domain = reported_member.domain
    LEFT JOIN registered ON registered.domain = reported_member.domain
),
arrival AS (
    SELECT
        today.domain,
        split_part(today.domain, '.', 1) AS label,
        coalesce(form.skeleton, split_part(today.domain, '.', 1)) AS skeleton
    FROM (SELECT DISTINCT domain FROM sighting WHERE kind = 'registered' AND day = $day) AS today
    ANTI JOIN listed ON listed.domain = today.domain
    LEFT JOIN form ON form.domain = today.domain
    WHERE len(split_part(today.domain, '.', 1)) >= 6
),
-- labels are at most one edit apart only where they are equal after one character at most is left out of each
member_name AS MATERIALIZED (
    SELECT DISTINCT label, skeleton FROM member
),
member_form AS (
    SELECT label, skeleton, hash(label) AS form FROM member_name
    UNION ALL
    SELECT label, skeleton, hash('=' || skeleton) FROM member_name
    UNION ALL
    SELECT label, skeleton, hash(left(label, place::INTEGER) || substr(label, place::INTEGER + 2))
    FROM member_name
    INNER JOIN range(0, 64) AS places (place) ON place < len(label)
),
arrival_name AS MATERIALIZED (
    SELECT DISTINCT label, skeleton FROM arrival
),
arrival_form AS (
    SELECT label, skeleton, hash(label) AS form FROM arrival_name
    UNION ALL
    SELECT label, skeleton, hash('=' || skeleton) FROM arrival_name
    UNION ALL
    SELECT label, skeleton, hash(left(label, place::INTEGER) || substr(label, place::INTEGER + 2))
    FROM arrival_name
    INNER JOIN range(0, 64) AS places (place) ON place < len(label)
),
-- labels that differ in digits alone are a counter's
alike AS (
    SELECT DISTINCT member_form.label AS member_label, arrival_form.label, arrival_form.skeleton = member_form.skeleton AS mistaken
    FROM arrival_form
    INNER JOIN member_form ON member_form.form = arrival_form.form
    WHERE (arrival_form.skeleton = member_form.skeleton OR damerau_levenshtein(arrival_form.label, member_form.label) <= 1)
        AND (arrival_form.label = member_form.label
            OR regexp_replace(arrival_form.label, '[0-9]', '', 'g') <> regexp_replace(member_form.label, '[0-9]', '', 'g'))
),
member_label AS (
    SELECT DISTINCT member_label AS label FROM alike
),
before AS (
    SELECT DISTINCT sighting.domain, split_part(sighting.domain, '.', 1) AS label
    FROM sighting
    ANTI JOIN listed ON listed.domain = sighting.domain
    WHERE sighting.kind = 'registered' AND sighting.day < $day AND sighting.day >= $day - INTERVAL 28 DAY
        AND len(split_part(sighting.domain, '.', 1)) >= 5
),
-- one edit leaves the first three or the last three characters as they are
neighbour AS (
    SELECT member_label.label, before.domain
    FROM before
    INNER JOIN member_label ON left(member_label.label, 3) = left(before.label, 3)
    WHERE abs(len(member_label.label) - len(before.label)) <= 1 AND damerau_levenshtein(member_label.label, before.label) <= 1
    UNION
    SELECT member_label.label, before.domain
    FROM before
    INNER JOIN member_label ON right(member_label.label, 3) = right(before.label, 3)
    WHERE abs(len(member_label.label) - len(before.label)) <= 1 AND damerau_levenshtein(member_label.label, before.label) <= 1
),
crowd AS (
    SELECT label, count(*) AS names FROM neighbour GROUP BY label
)
SELECT
    member.cluster_id,
    arrival.domain,
    ln(1 + min(member.age)) AS age,
    max(CASE WHEN alike.label = alike.member_label THEN 1.0 ELSE 0.0 END) AS same,
    max(CASE WHEN alike.mistaken AND alike.label <> alike.member_label THEN 1.0 ELSE 0.0 END) AS mistaken,
    ln(len(arrival.label)) AS length,
    ln(count(DISTINCT member.domain)) AS members,
    ln(1 + min(coalesce(crowd.names, 0))) AS crowd
FROM alike
INNER JOIN arrival ON arrival.label = alike.label
INNER JOIN member ON member.label = alike.member_label
LEFT JOIN crowd ON crowd.label = alike.member_label
ANTI JOIN (SELECT cluster_id, domain FROM cluster_member WHERE day = $day) AS inside
    ON inside.cluster_id = member.cluster_id AND inside.domain = arrival.domain
GROUP BY member.cluster_id, arrival.domain, arrival.label
