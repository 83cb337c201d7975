-- The numbers of what the registration records of a day show, in the order of the values that most share.
INSERT INTO value_key BY NAME
SELECT
    day,
    'registration' AS fact,
    key_of(domain) AS domain_key,
    key_of(registrant_email) AS registrant_email,
    key_of(registrant_phone) AS registrant_phone,
    key_of(registrant_org) AS registrant_org,
    key_of(created_minute) AS created_minute
FROM registration_evidence
WHERE day = $day AND coalesce(registrant_email, registrant_phone, registrant_org, created_minute) IS NOT NULL
ORDER BY registrant_email, created_minute
