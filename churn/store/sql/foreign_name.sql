-- What `churn.names` makes of texts that are not ASCII: those of a connection, as they come.
CREATE TEMP TABLE IF NOT EXISTS foreign_name (name_text VARCHAR PRIMARY KEY, fqdn VARCHAR, reason VARCHAR)
