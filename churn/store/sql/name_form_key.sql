-- The numbers of the forms of the names of a day, in the order of the values that most share.
INSERT INTO value_key BY NAME
SELECT
    day,
    'name_form' AS fact,
    key_of(domain) AS domain_key,
    key_of(skeleton) AS skeleton,
    key_of(template) AS template,
    key_of(stem) AS stem,
    key_of(words[1]) AS word
FROM name_form
WHERE day = $day
ORDER BY template, word
