-- A list from a JSON value: an array of scalars, or text as in CSV.
CREATE OR REPLACE TEMP MACRO json_list(outside) AS
    CASE WHEN json_type(outside) = 'ARRAY' THEN from_json(outside, '["VARCHAR"]') ELSE given_list(outside ->> '$') END
