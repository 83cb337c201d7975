-- How many rows of an import are put aside.
SELECT count(*) FROM import_reject
