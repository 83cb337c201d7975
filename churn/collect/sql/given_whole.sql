-- A whole number from text: 12 or 12.0, as tables with gaps write it, but not 12.5.
CREATE OR REPLACE TEMP MACRO given_whole(outside) AS
    CASE
        WHEN regexp_full_match(trim(outside), '[+-]?[0-9]{1,18}(\.0+)?') THEN try_cast(regexp_replace(trim(outside), '\.0+$', '') AS BIGINT)
    END
