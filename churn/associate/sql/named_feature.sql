-- The features with the names of both domains: for fitting.
SELECT first.domain AS first, second.domain AS second, feature.* EXCLUDE (codes)
FROM feature
INNER JOIN seed AS first ON first.id = feature.seed
INNER JOIN (SELECT id, domain FROM book) AS second ON second.id = feature.id
ORDER BY first, second
