-- The order of registration look-ups as it was before the planner (the stage of enriching of the first release): reported
-- names; names that share a selective name-server set or address with a reported one, rarest first; with nine others of
-- the day; a hash. Names with a record of the last seven days are left out.
WITH today AS (
    SELECT domain, bool_or(kind = 'reported') AS is_reported
    FROM sighting
    WHERE day = $day AND kind IN ('registered', 'reported')
    GROUP BY domain
),
reported AS (
    SELECT DISTINCT domain FROM sighting WHERE kind = 'reported'
),
trait AS (
    SELECT DISTINCT domain, 'ns ' || array_to_string(ns, ' ') AS value FROM hosting WHERE len(ns) > 0
    UNION ALL
    SELECT DISTINCT domain, 'a ' || unnest(a) AS value FROM hosting WHERE len(a) > 0
),
selective AS (
    SELECT
        trait.value,
        count(DISTINCT trait.domain) AS domains,
        count(DISTINCT today.domain) AS domains_today,
        count(DISTINCT reported.domain) AS domains_reported
    FROM trait
    LEFT JOIN today ON today.domain = trait.domain
    LEFT JOIN reported ON reported.domain = trait.domain
    GROUP BY trait.value
    HAVING count(DISTINCT trait.domain) BETWEEN 2 AND $most_selective AND count(DISTINCT today.domain) > 0
),
scored AS (
    SELECT
        today.domain,
        any_value(today.is_reported) AS is_reported,
        min(selective.domains) FILTER (selective.domains_reported > 0) AS rarity_reported,
        min(selective.domains) FILTER (selective.domains_today >= 10) AS rarity_today
    FROM today
    LEFT JOIN trait ON trait.domain = today.domain
    LEFT JOIN selective ON selective.value = trait.value
    GROUP BY today.domain
),
tiered AS (
    SELECT
        domain,
        CASE
            WHEN is_reported THEN 1
            WHEN rarity_reported IS NOT NULL THEN 2
            WHEN rarity_today IS NOT NULL THEN 3
            ELSE 4
        END AS tier,
        CASE WHEN is_reported THEN 0 ELSE coalesce(rarity_reported, rarity_today, 0) END AS rarity
    FROM scored
)
SELECT tiered.domain, tiered.tier
FROM tiered
WHERE NOT EXISTS (
    FROM registration
    WHERE registration.domain = tiered.domain
        AND registration.day < $day
        AND registration.day >= CAST($day AS DATE) - INTERVAL 7 DAY
)
ORDER BY tiered.tier, tiered.rarity, md5(tiered.domain)
