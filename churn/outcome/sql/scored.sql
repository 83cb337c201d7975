-- What each recipient was told and what became of it, with the days from the telling to the two instants between which somebody
-- acted (or to the last check, where nobody has), and whether the domain has come back by the day.
WITH returned AS (
    SELECT domain, bool_or(relation <> 'itself') AS is_elsewhere, bool_or(relation = 'itself') AS is_itself
    FROM comeback
    GROUP BY domain
),
named AS (
    SELECT scope, key, arg_max(recipient, written_at) AS name FROM packet GROUP BY scope, key
)
SELECT
    telling.scope,
    telling.key,
    named.name,
    telling.actor,
    telling.checks > 0 AS is_checked,
    telling.checks > 0 AND telling.state = 'active' AS is_active,
    telling.acted_by_at IS NOT NULL AS is_over,
    greatest(0, epoch(telling.acted_after_at - telling.told_at) / 86400) AS least_days,
    greatest(0, epoch(coalesce(telling.acted_by_at, telling.checked_at) - telling.told_at) / 86400) AS most_days,
    coalesce(returned.is_elsewhere, false) AS is_elsewhere,
    coalesce(returned.is_itself, false) AS is_itself
FROM telling
LEFT JOIN named USING (scope, key)
LEFT JOIN returned USING (domain)
ORDER BY telling.scope, telling.key, telling.domain
