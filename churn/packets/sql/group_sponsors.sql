-- How many members of each flagged cluster each registrar sponsors; a null is "not known".
SELECT member.cluster_id, record.sponsor, count(*) AS domains, count(reported.domain) AS reported
FROM member
LEFT JOIN record USING (domain)
LEFT JOIN reported USING (domain)
GROUP BY member.cluster_id, record.sponsor
ORDER BY member.cluster_id, record.sponsor
