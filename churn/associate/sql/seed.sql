-- Step 1. The reported domains that are in the book.
CREATE OR REPLACE TEMP TABLE seed AS
SELECT * FROM book SEMI JOIN reported ON reported.domain = book.domain
