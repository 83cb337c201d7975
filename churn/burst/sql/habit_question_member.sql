-- The names that the questions about habits counted.
INSERT INTO question_member SELECT question_id, domain FROM habit_member
