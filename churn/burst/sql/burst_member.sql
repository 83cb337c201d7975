-- The domains that a burst counted; of those that verdicts keep from being bursts none.
SELECT DISTINCT $day AS day, flagged.burst_id, question_member.domain
FROM flagged
INNER JOIN question_member USING (question_id)
ANTI JOIN spared USING (question_id)
