-- A set as a list: sorted, each value once, so that equal sets are equal values.
CREATE OR REPLACE TEMP MACRO sorted_list(given) AS list_sort(list_distinct(given))
