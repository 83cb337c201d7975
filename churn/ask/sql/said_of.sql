-- What analysts said of a subject, the earliest first.
SELECT given_at, verdict, given_by, note
FROM verdict
WHERE subject = $subject
ORDER BY given_at
