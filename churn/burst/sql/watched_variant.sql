-- Verdicts 4. Names of the day whose label is a variant of that of a watched member (`alike`, as for siblings).
SELECT watched_name.subject, 'variant' AS kind, arrival.domain, watched_name.cluster_id, watched_name.domain AS related
FROM alike
INNER JOIN watched_arrival AS arrival ON arrival.label = alike.label
INNER JOIN watched_name ON watched_name.label = alike.given_label
ANTI JOIN watched_name AS inside ON inside.subject = watched_name.subject AND inside.domain = arrival.domain
QUALIFY row_number() OVER (
    PARTITION BY watched_name.subject, arrival.domain
    ORDER BY damerau_levenshtein(alike.label, alike.given_label), watched_name.domain, watched_name.cluster_id
) = 1
