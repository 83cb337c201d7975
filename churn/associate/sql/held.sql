-- Step 3. Which domains of the book have these values: a value that no reported domain has is never kept.
CREATE OR REPLACE TEMP TABLE held AS
SELECT shown.id, shown.created_at, wanted.code
FROM shown
INNER JOIN wanted ON wanted.value = shown.value AND wanted.field = shown.field
