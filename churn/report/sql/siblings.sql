-- Whom nobody has reported and who may be the same operator's: of confirmed clusters first, then the likeliest.
SELECT
    sibling.cluster_id,
    sibling.domain,
    sibling.probability,
    sibling.basis,
    EXISTS (
        FROM cluster_member
        WHERE cluster_member.day = $day
            AND cluster_member.cluster_id = sibling.cluster_id
            AND cluster_member.domain = sibling.domain
    ) AS member,
    subject.first_seen,
    subject.registrar,
    subject.registrar_iana_id
FROM sibling
SEMI JOIN section USING (cluster_id)
JOIN subject USING (domain)
WHERE sibling.day = $day
ORDER BY sibling.cluster_id, sibling.confirmed DESC, sibling.probability DESC, sibling.domain
