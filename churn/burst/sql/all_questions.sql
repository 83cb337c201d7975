-- All questions with rows of their own; how many questions their kind and source asked in all; and what their p-values are
-- multiplied with before their rank divides them: that number times the number of kinds and sources, since each has an equal
-- part of the error.
WITH asked AS (
    SELECT kind, source, count(*) AS questions FROM question GROUP BY ALL
    UNION ALL
    SELECT kind, source, questions FROM quiet
),
totals AS (
    SELECT kind, source, sum(questions)::DOUBLE AS questions, count(*) OVER () AS parts FROM asked GROUP BY ALL
)
SELECT question.*, totals.questions, totals.questions * totals.parts AS error_part
FROM question
INNER JOIN totals USING (kind, source)
ORDER BY question.question_id
