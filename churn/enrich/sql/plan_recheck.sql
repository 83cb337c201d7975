-- Reported names of the window whose registration ($kinds rdap, whois) or hosting ($kinds dns) is due to be looked at
-- again: 1, 2, 4, 8 ... days after the report, and once the expiry that the last record gave has passed. Those of them
-- that the day asks for anyway are left out. Youngest reports first: that is when somebody acts.
CREATE OR REPLACE TEMP TABLE plan_recheck AS
WITH reported AS (
    SELECT domain, min(day) AS report_day
    FROM sighting
    WHERE kind = 'reported'
    GROUP BY domain
),
due AS (
    SELECT
        domain,
        date_diff('day', report_day, CAST($day AS DATE)) AS age,
        report_day + CAST(pow(2, floor(log2(age))) AS INTEGER) AS due_day
    FROM reported
    WHERE report_day < $day
),
asked AS (
    SELECT domain, max(day) AS asked_day
    FROM lookup
    WHERE day < $day AND list_contains($kinds, kind) AND NOT starts_with(outcome, 'skipped')
    GROUP BY domain
),
expiring AS (
    SELECT domain, max(expires_at) AS expires_at FROM registration WHERE day < $day GROUP BY domain
)
SELECT due.domain, due.age
FROM due
LEFT JOIN asked USING (domain)
LEFT JOIN expiring USING (domain)
WHERE (
        asked_day IS NULL
        OR asked_day < due_day
        OR (CAST(expires_at AS DATE) > asked_day AND CAST(expires_at AS DATE) < $day)
    )
    AND NOT EXISTS (
        FROM plan_name WHERE plan_name.domain = due.domain AND (to_ask OR list_contains($kinds, 'dns'))
    )
