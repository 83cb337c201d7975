-- Domains that a feed of registered names had on a day.
CREATE TABLE hit AS
SELECT day, domain_key FROM domain_day WHERE registered AND day = try_cast($value AS DATE) AND CAST(day AS VARCHAR) = $value
