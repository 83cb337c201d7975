-- An instant that a calendar has; null for anything else, infinity too.
CREATE OR REPLACE TEMP MACRO given_instant(outside) AS
    CASE WHEN outside BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59+00' THEN outside END
