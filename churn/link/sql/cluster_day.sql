-- A cluster as it stands today.
WITH described AS (
    SELECT
        identity.cluster_id,
        window_domain.domain,
        split_part(window_domain.domain, '.', -1) AS tld,
        coalesce(newest_registration.registrar, 'IANA ' || newest_registration.registrar_iana_id) AS registrar,
        regexp_replace(regexp_replace(split_part(window_domain.domain, '.', 1), '[a-z]+', 'w', 'g'), '[0-9]', '9', 'g') AS pattern,
        window_domain.reported_day,
        greatest(window_domain.registered_day, window_domain.reported_day) AS active_day,
        today.score,
        before.domain IS NULL AS is_new
    FROM member
    INNER JOIN identity USING (component)
    INNER JOIN window_domain USING (id)
    INNER JOIN today_member AS today USING (domain)
    LEFT JOIN newest_registration USING (id)
    LEFT JOIN (SELECT cluster_id, domain FROM cluster_member WHERE day = $earlier) AS before
        ON before.cluster_id = identity.cluster_id AND before.domain = window_domain.domain
),
ranked AS (
    SELECT cluster_id, 'registrar' AS kind, registrar AS value, count(*) AS domains FROM described GROUP BY ALL
    UNION ALL
    SELECT cluster_id, 'tld', tld, count(*) FROM described GROUP BY ALL
    UNION ALL
    SELECT cluster_id, 'pattern', pattern, count(*) FROM described GROUP BY ALL
),
lists AS (
    SELECT
        cluster_id,
        list(value ORDER BY domains DESC, value) FILTER (kind = 'registrar' AND value IS NOT NULL) AS registrars,
        list(value ORDER BY domains DESC, value) FILTER (kind = 'tld') AS tlds,
        list(value ORDER BY domains DESC, value) FILTER (kind = 'pattern') AS patterns
    FROM ranked
    GROUP BY cluster_id
)
SELECT
    $day AS day,
    described.cluster_id,
    count(*) AS size,
    count(*) FILTER (is_new) AS new_members,
    count(reported_day) AS reported_members,
    coalesce(any_value(lists.registrars)[1:20], []) AS registrars,
    any_value(lists.tlds)[1:20] AS tlds,
    round(median(score), 4) AS confidence,
    any_value(identity.name) AS name,
    any_value(lists.patterns)[1] AS pattern,
    any_value(identity.first_day) AS first_day,
    max(active_day) AS last_activity_day
FROM described
INNER JOIN lists USING (cluster_id)
INNER JOIN identity USING (cluster_id)
GROUP BY described.cluster_id
