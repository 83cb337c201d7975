-- The names that the questions about keys counted. `asked_key` is the table of these questions.
INSERT INTO question_member
SELECT asked_key.question_id, name_form.domain
FROM asked_key
INNER JOIN name_form ON asked_key.source = 'template' AND hash_of(name_form.template) = asked_key.key
WHERE name_form.day = $day AND name_form.domain IN (FROM fresh)
UNION
SELECT asked_key.question_id, born.domain
FROM asked_key
INNER JOIN born ON asked_key.source = 'batch' AND hash_of(born.key) = asked_key.key AND born.place = asked_key.place
WHERE born.day = $day
