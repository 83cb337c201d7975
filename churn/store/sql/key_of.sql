-- The number of a text by which `domain_day` and `value_key` are searched; null for what is no value. Twice, the second time four
-- places on: of texts that differ in the last of each eight letters alone, often name servers, the hash has but 256 values.
CREATE OR REPLACE MACRO key_of(given) AS CASE WHEN given <> '' THEN hash(given, '----' || given) END
