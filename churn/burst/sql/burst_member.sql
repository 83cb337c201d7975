-- The domains that a burst counted.
SELECT DISTINCT $day AS day, flagged.burst_id, question_member.domain
FROM flagged
INNER JOIN question_member USING (question_id)
