-- The numbers of what the answers of the DNS on a day show; a row an address, of the first four. In the order of addresses,
-- so that few rows are read to find those of one, and equal ones take little space.
INSERT INTO value_key BY NAME
SELECT
    day,
    'hosting' AS fact,
    key_of(domain) AS domain_key,
    key_of(name_servers) AS name_servers,
    key_of(mail_exchangers) AS mail_exchangers,
    key_of(soa_mailbox) AS soa_mailbox,
    key_of(address) AS address,
    key_of(regexp_replace(address, '[0-9]+$', '0/24')) AS prefix
FROM (
    SELECT *, unnest(CASE WHEN len(addresses) > 0 THEN addresses[1:4] ELSE [NULL] END) AS address
    FROM hosting_evidence
    WHERE day = $day AND (len(addresses) > 0 OR coalesce(name_servers, mail_exchangers, soa_mailbox) IS NOT NULL)
)
ORDER BY address, name_servers
