-- The rows of a CSV that could be read, numbered.
CREATE OR REPLACE TEMP TABLE counted AS SELECT row_number() OVER () AS row, * FROM csv
