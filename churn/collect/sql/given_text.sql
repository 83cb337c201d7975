-- What stands in a text column of an import: trimmed; empty is null, "not obtained".
CREATE OR REPLACE TEMP MACRO given_text(outside) AS nullif(trim(outside), '')
