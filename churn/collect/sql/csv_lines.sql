-- The rows of a CSV with the line that each stands on: `counted` numbers the rows that could be read, from 1; a line that
-- could not be shifts those after it. The header is line 1. A line break inside a value is not counted as a line.
CREATE OR REPLACE TEMP TABLE given AS
WITH ragged AS (
    SELECT line - row_number() OVER (ORDER BY line) AS from_row, row_number() OVER (ORDER BY line) AS before
    FROM (SELECT DISTINCT line FROM reject_errors)
)
SELECT counted.*, 1 + row + coalesce(before, 0) AS line
FROM counted
ASOF LEFT JOIN ragged ON counted.row >= ragged.from_row
