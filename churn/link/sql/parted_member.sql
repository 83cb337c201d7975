-- Verdicts 1. Members, those that a verdict split off in a component of their own.
SELECT member.id, coalesce(parted.component, member.component) AS component, member.role
FROM member
LEFT JOIN window_domain ON window_domain.id = member.id
LEFT JOIN parted ON parted.domain = window_domain.domain
