-- The members of each section's cluster: reported ones first, then the surest.
WITH previous AS (SELECT max(day) AS day FROM cluster_day WHERE day < $day),
before AS (SELECT cluster_id, domain FROM cluster_member WHERE day = (SELECT previous.day FROM previous))
SELECT
    cluster_member.cluster_id,
    cluster_member.domain,
    cluster_member.role,
    cluster_member.score,
    coalesce(cluster_member.reported, FALSE) AS reported,
    coalesce(cluster_member.holds_without_strongest, FALSE) AS holds_without_strongest,
    before.domain IS NULL AS new,
    subject.first_seen,
    subject.registered_day,
    subject.reported_day,
    subject.reported_by,
    subject.labels,
    subject.registrar,
    subject.registrar_iana_id,
    subject.created_at,
    subject.addresses,
    subject.name_servers,
    subject.networks
FROM cluster_member
JOIN section USING (cluster_id)
JOIN subject USING (domain)
LEFT JOIN before ON before.cluster_id = cluster_member.cluster_id AND before.domain = cluster_member.domain
WHERE cluster_member.day = $day
ORDER BY section.place, coalesce(cluster_member.reported, FALSE) DESC, cluster_member.score DESC NULLS LAST, cluster_member.domain
