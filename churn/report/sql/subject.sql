-- Every domain that the page names, with the newest facts known by the day.
CREATE TEMP TABLE subject AS
WITH wanted AS (
    SELECT domain FROM grouping
    UNION
    SELECT domain FROM sibling SEMI JOIN section USING (cluster_id) WHERE day = $day
),
listed AS (
    SELECT
        domain,
        min(seen_at) AS first_seen,
        min(seen_at) FILTER (kind = 'registered') AS registered_at,
        min(seen_at) FILTER (kind = 'reported') AS reported_at,
        min(day) FILTER (kind = 'registered') AS registered_day,
        min(day) FILTER (kind = 'reported') AS reported_day,
        coalesce(list(DISTINCT feed ORDER BY feed) FILTER (kind = 'reported'), []) AS reported_by,
        coalesce(list(DISTINCT label ORDER BY label) FILTER (kind = 'reported' AND label IS NOT NULL), []) AS labels
    FROM sighting
    SEMI JOIN wanted USING (domain)
    WHERE day <= $day
    GROUP BY domain
),
-- Of one day's answers RDAP's is preferred to WHOIS's; a newer day's answer to both.
sponsored AS (
    SELECT domain, registrar, registrar_iana_id, created_at
    FROM registration
    SEMI JOIN wanted USING (domain)
    WHERE day <= $day
    QUALIFY row_number() OVER (
        PARTITION BY domain
        ORDER BY day DESC, registrar IS NULL, source, observed_at DESC, endpoint, registrar, created_at
    ) = 1
),
hosted AS (
    SELECT domain, a, aaaa, ns, prefix, asn, as_name, rcode
    FROM hosting
    SEMI JOIN wanted USING (domain)
    WHERE day <= $day
    QUALIFY row_number() OVER (PARTITION BY domain ORDER BY day DESC, observed_at DESC, resolver, rcode) = 1
),
answered AS (
    SELECT domain, min(observed_at) AS dns_at
    FROM hosting
    SEMI JOIN wanted USING (domain)
    WHERE day <= $day AND rcode = 'NOERROR'
    GROUP BY domain
),
certified AS (
    SELECT domain, min(not_before) AS certificate_at
    FROM certificate
    SEMI JOIN wanted USING (domain)
    WHERE day <= $day
    GROUP BY domain
),
built AS (
    SELECT domain, min(template) AS template
    FROM name_form
    SEMI JOIN wanted USING (domain)
    WHERE day <= $day
    GROUP BY domain
)
SELECT
    wanted.domain,
    split_part(wanted.domain, '.', -1) AS tld,
    listed.first_seen,
    listed.registered_day,
    listed.reported_day,
    coalesce(listed.reported_by, []) AS reported_by,
    coalesce(listed.labels, []) AS labels,
    listed.reported_day IS NOT NULL AS listed_as_reported,
    sponsored.registrar,
    sponsored.registrar_iana_id,
    sponsored.created_at,
    coalesce(sponsored.created_at, listed.registered_at) AS registered_at,
    answered.dns_at,
    certified.certificate_at,
    listed.reported_at,
    split_part(built.template, '.', 1) AS built,
    CASE WHEN hosted.a IS NOT NULL OR hosted.aaaa IS NOT NULL
        THEN list_concat(coalesce(hosted.a, []), coalesce(hosted.aaaa, [])) END AS addresses,
    hosted.ns AS name_servers,
    hosted.prefix AS prefixes,
    list_transform(
        hosted.asn,
        lambda number, place: 'AS' || number || coalesce(' ' || nullif(hosted.as_name[place], ''), '')
    ) AS networks,
    hosted.rcode
FROM wanted
LEFT JOIN listed USING (domain)
LEFT JOIN sponsored USING (domain)
LEFT JOIN hosted USING (domain)
LEFT JOIN answered USING (domain)
LEFT JOIN certified USING (domain)
LEFT JOIN built USING (domain)
