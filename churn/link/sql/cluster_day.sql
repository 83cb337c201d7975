-- A cluster as it stands today.
WITH described AS (
    SELECT
        today.component,
        split_part(window_domain.domain, '.', -1) AS tld,
        coalesce(newest_registration.registrar, 'IANA ' || newest_registration.registrar_iana_id) AS registrar,
        regexp_replace(regexp_replace(split_part(window_domain.domain, '.', 1), '[a-z]+', 'w', 'g'), '[0-9]', '9', 'g') AS pattern,
        window_domain.reported_day,
        greatest(window_domain.registered_day, window_domain.reported_day) AS active_day,
        today.score,
        before.id IS NULL AS is_new
    FROM scored_member AS today
    INNER JOIN window_domain USING (id)
    LEFT JOIN newest_registration USING (id)
    LEFT JOIN (SELECT number_of(domain) AS id, cluster_id FROM cluster_member WHERE day = $earlier) AS before
        ON before.id = today.id AND before.cluster_id = today.cluster_id
),
ranked AS (
    SELECT component, 'registrar' AS kind, registrar AS value, count(*) AS domains FROM described GROUP BY ALL
    UNION ALL
    SELECT component, 'tld', tld, count(*) FROM described GROUP BY ALL
    UNION ALL
    SELECT component, 'pattern', pattern, count(*) FROM described GROUP BY ALL
),
lists AS (
    SELECT
        component,
        list(value ORDER BY domains DESC, value) FILTER (kind = 'registrar' AND value IS NOT NULL) AS registrars,
        list(value ORDER BY domains DESC, value) FILTER (kind = 'tld') AS tlds,
        list(value ORDER BY domains DESC, value) FILTER (kind = 'pattern') AS patterns
    FROM ranked
    GROUP BY component
),
counted AS (
    SELECT
        component,
        count(*) AS size,
        count(*) FILTER (is_new) AS new_members,
        count(reported_day) AS reported_members,
        round(median(score), 4) AS confidence,
        max(active_day) AS last_activity_day
    FROM described
    GROUP BY component
)
SELECT
    $day AS day,
    identity.cluster_id,
    counted.size,
    counted.new_members,
    counted.reported_members,
    coalesce(lists.registrars[1:20], []) AS registrars,
    lists.tlds[1:20] AS tlds,
    counted.confidence,
    identity.name,
    lists.patterns[1] AS pattern,
    identity.first_day,
    counted.last_activity_day
FROM counted
INNER JOIN lists USING (component)
INNER JOIN identity USING (component)
