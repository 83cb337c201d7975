-- The members of clusters that the questions about them counted.
INSERT INTO question_member
SELECT question.question_id, cluster_event.domain
FROM question
INNER JOIN cluster_event USING (kind, cluster_id)
WHERE cluster_event.day = $day AND question.observed >= $least
