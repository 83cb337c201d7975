-- A list from text: a|b|c; [] is the empty list, "observed, and there is none".
CREATE OR REPLACE TEMP MACRO given_list(outside) AS
    CASE
        WHEN trim(outside) = '[]' THEN []
        WHEN trim(outside) <> '' THEN list_filter(list_transform(string_split(outside, '|'), lambda x: trim(x)), lambda x: x <> '')
    END
