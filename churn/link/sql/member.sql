-- Steps 5 and 6 together: who is in which cluster, and how.
CREATE TABLE member AS
SELECT id, component, 'core' AS role FROM core_member
UNION ALL
SELECT id, arg_max(component, (share, inside, -component)), 'attached' FROM attached GROUP BY id
