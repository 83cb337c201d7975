-- The rows of a CSV with the line that each stands on: `counted` numbers the rows that could be read, from 1; a line that
-- could not shifts those after it; `header` lines (0 or 1) and `skipped` ones stand before all of them. A line break inside
-- a value is not counted as a line.
CREATE OR REPLACE TEMP TABLE given AS
WITH ragged AS (
    SELECT
        line - $header + 1 - row_number() OVER (ORDER BY line) AS from_row,
        row_number() OVER (ORDER BY line) AS before
    FROM (SELECT DISTINCT line FROM reject_errors)
)
SELECT counted.*, $skipped + $header + row + coalesce(before, 0) AS line
FROM counted
ASOF LEFT JOIN ragged ON counted.row >= ragged.from_row
