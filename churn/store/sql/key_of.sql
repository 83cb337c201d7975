-- The number of a text by which `domain_day` and `value_key` are searched; null for what is no value. By way of md5, since texts that
-- say nearly the same thing twice (`ns1.h7.example.com ns2.h7.example.com`) often have one hash.
CREATE OR REPLACE MACRO key_of(given) AS CASE WHEN given <> '' THEN hash(md5(given)) END
