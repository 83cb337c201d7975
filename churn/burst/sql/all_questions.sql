-- All questions with rows of their own, and what their p-values are multiplied with before their rank divides them: as many
-- questions as their kind asked, times the number of kinds, since each has an equal part of the error.
WITH asked AS (
    SELECT kind, cluster_id IS NOT NULL AS of_cluster, count(*) AS questions FROM question GROUP BY ALL
    UNION ALL
    SELECT kind, of_cluster, questions FROM quiet
),
totals AS (
    SELECT kind, of_cluster, sum(questions)::DOUBLE AS questions, count(*) OVER () AS kinds FROM asked GROUP BY ALL
)
SELECT question.*, totals.questions, totals.questions * totals.kinds AS share_of_error
FROM question
INNER JOIN totals ON totals.kind = question.kind AND totals.of_cluster = (question.cluster_id IS NOT NULL)
ORDER BY question.question_id
