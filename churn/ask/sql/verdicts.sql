-- Every verdict that was given, newest first, and whether it stands.
SELECT
    verdict.*,
    EXISTS (
        FROM standing_verdict AS standing
        WHERE standing.subject = verdict.subject
            AND standing.given_at = verdict.given_at
            AND standing.verdict = verdict.verdict
            AND standing.given_by = verdict.given_by
            AND standing.other IS NOT DISTINCT FROM verdict.other
            AND standing.domains IS NOT DISTINCT FROM verdict.domains
            AND standing.note IS NOT DISTINCT FROM verdict.note
    ) AS stands
FROM verdict
ORDER BY given_at DESC, subject, verdict, given_by, other, note
