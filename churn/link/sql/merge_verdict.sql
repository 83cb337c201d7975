-- Verdicts 2. The merges that were given, oldest first, and whether each stands.
SELECT verdict.subject, verdict.other, max(verdict.given_at) AS given_at, count(standing.subject) > 0 AS stands
FROM verdict
LEFT JOIN standing_verdict AS standing
    ON standing.subject = verdict.subject AND standing.verdict = 'merge' AND standing.other = verdict.other
WHERE verdict.verdict = 'merge'
GROUP BY verdict.subject, verdict.other
ORDER BY given_at, subject, other
