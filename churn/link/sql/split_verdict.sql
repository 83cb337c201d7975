-- Verdicts 1. The splits that were given, oldest first, with the day on which each was given first, and whether it stands.
SELECT
    min(verdict.day) AS day,
    verdict.subject,
    verdict.domains,
    max(verdict.given_at) AS given_at,
    count(standing.subject) > 0 AS stands
FROM verdict
LEFT JOIN standing_verdict AS standing
    ON standing.subject = verdict.subject AND standing.verdict = 'split' AND standing.domains = verdict.domains
WHERE verdict.verdict = 'split'
GROUP BY verdict.subject, verdict.domains
ORDER BY given_at, subject, domains
