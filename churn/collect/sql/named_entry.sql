-- The entries with the names that they hold.
CREATE OR REPLACE TEMP TABLE named_entry AS FROM named('entry')
