-- An instant from outside text: ISO 8601 or seconds or milliseconds since 1970; UTC where it names no zone; null where it is none.
CREATE OR REPLACE TEMP MACRO instant_of(outside) AS
    CASE
        WHEN regexp_full_match(trim(outside), '[0-9]{9,10}(\.[0-9]{1,9})?') THEN to_timestamp(trim(outside)::DOUBLE)
        WHEN regexp_full_match(trim(outside), '[0-9]{12,13}') THEN to_timestamp(trim(outside)::DOUBLE / 1000)
        ELSE try_cast(trim(outside) AS TIMESTAMPTZ)
    END
