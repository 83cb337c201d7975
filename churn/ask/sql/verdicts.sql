-- What analysts decided of a subject.
SELECT given_at, verdict, given_by, note
FROM verdict
WHERE subject = $subject
ORDER BY given_at
