-- Step 7d. How many members of a cluster have a value that holds somebody.
SELECT member.component, member_value.code, count(*) AS domains
FROM member_value
INNER JOIN member ON member.id = member_value.id
GROUP BY member.component, member_value.code
