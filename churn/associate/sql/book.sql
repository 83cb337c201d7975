-- The portfolio, one row a domain.
CREATE OR REPLACE TEMP VIEW book AS
SELECT named_row.* EXCLUDE (reason, created_at_unread)
FROM named_row ANTI JOIN dropped ON dropped.id = named_row.id
WHERE named_row.reason IS NULL
