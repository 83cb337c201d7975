-- Step 6. Such values again, among the domains that came on one day: of those one cluster's core holds at least 4 and two thirds.
SELECT holder.code, holder.component, holder.day
FROM holder
LEFT JOIN core_member ON core_member.id = holder.id AND core_member.component = holder.component
GROUP BY holder.code, holder.component, holder.day
HAVING count(core_member.id) >= 4 AND count(core_member.id) * 3 >= count(*) * 2
