-- A set of host names as a list, in one spelling.
CREATE OR REPLACE TEMP MACRO host_list(given) AS sorted_list(list_transform(given, lambda x: rtrim(lower(trim(x)), '.')))
