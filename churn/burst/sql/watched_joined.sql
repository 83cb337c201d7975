-- Verdicts 4. Members of watched clusters that on the last linked day were in none that the same verdict is about.
WITH before AS (
    SELECT subject, cluster_id FROM judged WHERE verdict = 'watch'
    UNION
    SELECT subject, subject FROM standing_verdict WHERE verdict = 'watch'
    UNION
    SELECT subject, cluster_id FROM judgement WHERE day = $earlier AND verdict = 'watch'
)
SELECT judged.subject, 'joined' AS kind, cluster_member.domain, cluster_member.cluster_id, CAST(NULL AS VARCHAR) AS related
FROM judged
INNER JOIN cluster_member ON cluster_member.cluster_id = judged.cluster_id AND cluster_member.day = $day
ANTI JOIN (
    SELECT before.subject, cluster_member.domain
    FROM before
    INNER JOIN cluster_member ON cluster_member.cluster_id = before.cluster_id AND cluster_member.day = $earlier
) AS there ON there.subject = judged.subject AND there.domain = cluster_member.domain
WHERE judged.verdict = 'watch'
