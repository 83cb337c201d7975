-- A set as a list: sorted, each value once, so that equal sets are equal values. Nearly all have one or two.
CREATE OR REPLACE TEMP MACRO sorted_list(given) AS
    CASE
        WHEN len(given) < 2 THEN given
        WHEN len(given) = 2 AND given[1] < given[2] THEN given
        ELSE list_sort(list_distinct(given))
    END
