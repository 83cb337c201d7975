-- Step 3. Which domains of the book have these values. Column by column: a value that no reported domain has is never kept.
CREATE OR REPLACE TEMP TABLE held AS
SELECT book.id, book.created_at, wanted.code
FROM book INNER JOIN wanted ON wanted.field = 'account' AND wanted.value = book.account_hash
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM book INNER JOIN wanted ON wanted.field = 'payment' AND wanted.value = book.payment_hash
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM book INNER JOIN wanted ON wanted.field = 'contact' AND wanted.value = book.contact_hash
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM book INNER JOIN wanted ON wanted.field = 'access' AND wanted.value = book.access_hash
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM book INNER JOIN wanted ON wanted.field = 'order' AND wanted.value = book.order_id
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM book INNER JOIN wanted ON wanted.field = 'minute' AND wanted.value = book.minute
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM book INNER JOIN wanted ON wanted.field = 'created_day' AND wanted.value = book.created_day
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM book INNER JOIN wanted ON wanted.field = 'name_servers' AND wanted.value = book.name_servers
UNION ALL
SELECT spread.id, spread.created_at, wanted.code
FROM (SELECT id, created_at, unnest(addresses) AS address FROM book) AS spread
INNER JOIN wanted ON wanted.field = 'address' AND wanted.value = spread.address
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM form INNER JOIN wanted ON wanted.field = 'skeleton' AND wanted.value = form.skeleton
INNER JOIN book ON book.id = form.id
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM form INNER JOIN wanted ON wanted.field = 'stem' AND wanted.value = form.stem
INNER JOIN book ON book.id = form.id
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM form INNER JOIN wanted ON wanted.field = 'template' AND wanted.value = form.template
INNER JOIN book ON book.id = form.id
UNION ALL
SELECT book.id, book.created_at, wanted.code
FROM known INNER JOIN wanted ON wanted.field = 'cluster' AND wanted.value = known.cluster_id
INNER JOIN book ON book.domain = known.domain
