-- Verdicts 2. Members, those of components that verdicts merged in one.
SELECT member.id, coalesce(merged.into_component, member.component) AS component, member.role
FROM member
LEFT JOIN merged ON merged.component = member.component
