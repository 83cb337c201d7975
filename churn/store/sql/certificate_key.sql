-- The numbers of the keys of the certificates that were seen on a day, in the order of the values that most share.
INSERT INTO value_key BY NAME
SELECT day, 'certificate' AS fact, key_of(domain) AS domain_key, key_of(spki_sha256) AS certificate_key
FROM certificate
WHERE day = $day AND spki_sha256 IS NOT NULL
ORDER BY certificate_key
