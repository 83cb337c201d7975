-- How many members of each flagged cluster each network holds; a null is "not known, or nowhere".
WITH held AS (
    SELECT DISTINCT member.cluster_id, member.domain, place.asn
    FROM member
    LEFT JOIN place USING (domain)
)
SELECT held.cluster_id, held.asn, count(*) AS domains, count(reported.domain) AS reported
FROM held
LEFT JOIN reported USING (domain)
GROUP BY held.cluster_id, held.asn
ORDER BY held.cluster_id, held.asn
