-- Step 2a. What each domain of the book has that another may have too, a row a domain and value: the fields of `fields.py`,
-- but for runs, which step 4 finds. A view: each part of it reads one column, and it is never kept whole.
CREATE OR REPLACE TEMP VIEW shown AS
SELECT id, created_at, 'account' AS field, account_hash AS value FROM book
UNION ALL
SELECT id, created_at, 'payment', payment_hash FROM book
UNION ALL
SELECT id, created_at, 'contact', contact_hash FROM book
UNION ALL
SELECT id, created_at, 'access', access_hash FROM book
UNION ALL
SELECT id, created_at, 'order', order_id FROM book
UNION ALL
SELECT id, created_at, 'minute', minute FROM book
UNION ALL
SELECT id, created_at, 'created_day', created_day FROM book
UNION ALL
SELECT id, created_at, 'name_servers', name_servers FROM book
UNION ALL
SELECT id, created_at, 'address', unnest(addresses) FROM book
UNION ALL
SELECT id, created_at, 'skeleton', skeleton FROM form
UNION ALL
SELECT id, created_at, 'stem', stem FROM form
UNION ALL
SELECT id, created_at, 'template', template FROM form
UNION ALL
SELECT book.id, book.created_at, 'cluster', known.cluster_id FROM known INNER JOIN book ON book.domain = known.domain
