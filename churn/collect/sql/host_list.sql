-- Host names of a list in one spelling: lower case, no space around them, no final dot. Taken apart only where one needs it;
-- chr(31), the unit separator, is in no name.
CREATE OR REPLACE TEMP MACRO host_list(given) AS
    CASE
        WHEN len(given) = 0 THEN given
        WHEN regexp_full_match(array_to_string(given, chr(31)), '[^\s\x1f]*[^\s.\x1f](\x1f[^\s\x1f]*[^\s.\x1f])*')
            THEN string_split(lower(array_to_string(given, chr(31))), chr(31))
        ELSE list_filter(list_transform(given, lambda x: rtrim(lower(trim(x)), '.')), lambda x: x <> '')
    END
