-- Today's components with their smallest domain, from which a new identity is made.
SELECT member.component, min(window_domain.domain) AS smallest_domain
FROM member
INNER JOIN window_domain USING (id)
GROUP BY member.component
ORDER BY member.component
