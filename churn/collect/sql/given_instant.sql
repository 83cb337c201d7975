-- An instant that a calendar has; null for anything else.
CREATE OR REPLACE TEMP MACRO given_instant(outside) AS
    CASE WHEN isfinite(outside) AND year(outside) BETWEEN 1 AND 9999 THEN outside END
