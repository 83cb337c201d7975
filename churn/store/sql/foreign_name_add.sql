-- Remember how Python spelled them.
INSERT INTO foreign_name SELECT name_text, fqdn, reason FROM spelled
