-- Domains that are on a reported list.
SELECT DISTINCT id FROM trait WHERE reported
