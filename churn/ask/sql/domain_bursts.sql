-- The bursts that counted a domain.
SELECT burst.day, burst.kind, burst.cluster_id, burst.observed, burst.expected, burst.q_value, burst.story
FROM burst_member
INNER JOIN burst USING (day, burst_id)
WHERE burst_member.domain = $domain AND burst_member.day <= coalesce($day, burst_member.day)
ORDER BY burst.day, burst.q_value, burst.kind
