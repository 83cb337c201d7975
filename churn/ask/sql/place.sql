-- The days on which there are facts of a domain.
CREATE TABLE place AS
SELECT domain, day FROM domain_day WHERE domain_key = key_of($domain) AND domain = $domain
