-- The number of a text by which `domain_day` and `value_key` are searched; null for what is no value.
CREATE OR REPLACE MACRO key_of(given) AS hash_of(nullif(given, ''))
