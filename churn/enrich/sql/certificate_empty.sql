-- Names whose search for certificates brought an empty list on an earlier day, and on none since anything else that says
-- whether there are any.
SELECT domain
FROM lookup
WHERE kind = 'ct' AND day < $day
GROUP BY domain
HAVING bool_or(starts_with(detail, $empty)) AND NOT bool_or(outcome IN ('ok', 'not_found'))
ORDER BY domain
