-- The first and the last creation in the book.
SELECT min(created_at), max(created_at) FROM book
