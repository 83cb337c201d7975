-- Step 1. The reported domains that are in the book, with what the book and their names show.
CREATE OR REPLACE TEMP TABLE seed AS
SELECT book.*, form.skeleton, form.stem, form.template, known.cluster_id
FROM book
SEMI JOIN reported ON reported.domain = book.domain
INNER JOIN form ON form.id = book.id
LEFT JOIN known ON known.domain = book.domain
