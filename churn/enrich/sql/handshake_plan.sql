-- Hosts whose certificate is worth a handshake, in the order of the plan: those that have an address.
SELECT lookup_plan.domain, any_value(hosting.a[1]) AS address
FROM lookup_plan
INNER JOIN hosting ON hosting.domain = lookup_plan.domain AND hosting.day = lookup_plan.day
WHERE lookup_plan.day = $day AND kind = 'certificate' AND len(hosting.a) > 0
GROUP BY lookup_plan.domain, rank
ORDER BY rank
LIMIT $budget
