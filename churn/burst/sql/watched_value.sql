-- Verdicts 4. Domains that show a watched value today and showed it on no earlier day of the window (`held_before`).
SELECT holder.subject, 'value' AS kind, holder.domain, cluster_member.cluster_id, CAST(NULL AS VARCHAR) AS related
FROM holder
INNER JOIN standing_verdict ON standing_verdict.subject = holder.subject AND standing_verdict.verdict = 'watch'
LEFT JOIN cluster_member ON cluster_member.domain = holder.domain AND cluster_member.day = $day
ANTI JOIN held_before ON held_before.subject = holder.subject AND held_before.domain = holder.domain
