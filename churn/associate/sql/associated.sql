-- Step 8. The associated domains, each with the reported one that it is likeliest to go with, the most probable first.
WITH best AS (
    SELECT
        id,
        arg_max({'seed': seed, 'codes': codes, 'same_account': same_account, 'among': among}, (probability, -seed)) AS pair,
        max(probability) AS probability,
        count(*) AS with_reported
    FROM judged
    GROUP BY id
)
SELECT
    book.domain,
    book.created_at,
    best.probability,
    seed.domain AS reported_domain,
    seed.created_at AS reported_created_at,
    best.with_reported,
    best.pair.same_account AS same_account,
    best.pair.codes AS codes,
    ln($domains / CAST(best.pair.among AS DOUBLE)) AS customer_nats,
    known.reported_at,
    known.lists
FROM best
INNER JOIN (SELECT id, domain, created_at FROM book) AS book ON book.id = best.id
INNER JOIN seed ON seed.id = best.pair.seed
LEFT JOIN known ON known.domain = book.domain
ORDER BY best.probability DESC, book.domain
