-- The members of each section's cluster: reported ones first, then those that are most probably the same operator's.
WITH previous AS (SELECT max(day) AS day FROM cluster_day WHERE day < $day),
before AS (SELECT cluster_id, domain, reported FROM cluster_member WHERE day = (SELECT previous.day FROM previous)),
holding AS (
    SELECT link.cluster_id, link.domain, list(held_value.place ORDER BY held_value.place) AS held_by
    FROM link
    JOIN held_value USING (cluster_id, family, field, value)
    WHERE link.day = $day
    GROUP BY link.cluster_id, link.domain
),
likely AS (SELECT cluster_id, domain, probability FROM sibling WHERE day = $day)
SELECT
    cluster_member.cluster_id,
    cluster_member.domain,
    cluster_member.role,
    cluster_member.score,
    likely.probability AS sibling_probability,
    coalesce(cluster_member.reported, FALSE) AS reported,
    coalesce(cluster_member.holds_without_strongest, FALSE) AS holds_without_strongest,
    before.domain IS NULL AS new,
    before.domain IS NOT NULL AND NOT coalesce(before.reported, FALSE) AND coalesce(cluster_member.reported, FALSE) AS newly_reported,
    coalesce(holding.held_by, []) AS held_by,
    subject.first_seen,
    subject.registered_day,
    subject.reported_day,
    subject.reported_by,
    subject.labels,
    subject.registrar,
    subject.registrar_iana_id,
    subject.created_at,
    subject.registered_at,
    subject.dns_at,
    subject.certificate_at,
    subject.reported_at,
    subject.addresses,
    subject.name_servers,
    subject.networks
FROM cluster_member
JOIN section USING (cluster_id)
JOIN subject USING (domain)
LEFT JOIN before ON before.cluster_id = cluster_member.cluster_id AND before.domain = cluster_member.domain
LEFT JOIN holding ON holding.cluster_id = cluster_member.cluster_id AND holding.domain = cluster_member.domain
LEFT JOIN likely ON likely.cluster_id = cluster_member.cluster_id AND likely.domain = cluster_member.domain
WHERE cluster_member.day = $day
ORDER BY
    section.place,
    coalesce(cluster_member.reported, FALSE) DESC,
    likely.probability DESC NULLS LAST,
    cluster_member.score DESC NULLS LAST,
    cluster_member.domain
