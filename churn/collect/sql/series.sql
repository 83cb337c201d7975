-- The series tags that the lists of the day use.
SELECT DISTINCT series FROM entry WHERE series IS NOT NULL
