-- Cells of the portfolio that hold something else than their column is for; their rows are kept without them.
SELECT count(*) FILTER (created_at_unread) AS "created_at is no time" FROM named_row
