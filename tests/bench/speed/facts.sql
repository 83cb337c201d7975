-- The facts of one day's registrations: numbers of `drawn` into the texts that the pipeline writes. Hosts and addresses
-- are numbered in `hubs.py`; hashes have the form of keyed hashes.
CREATE OR REPLACE TEMP TABLE fact AS
WITH host AS (
    SELECT *, $day::DATE AS day, host(ns, domain) AS ns_host, host(mx, domain) AS mx_host, host(soa, domain) AS soa_host
    FROM drawn
)
SELECT
    domain,
    domain AS fqdn,
    day,
    day + INTERVAL 23 HOUR AS observed_at,
    -- registration
    'https://rdap.registrar' || registrar || '.netlab/' AS endpoint,
    'D' || rid || '-LAB' AS handle,
    'Registrar ' || registrar || ' Ltd' AS registrar,
    (990000 + registrar)::INTEGER AS registrar_iana_id,
    day + to_seconds(second) AS created_at,
    day + to_seconds(second) + INTERVAL 365 DAY AS expires_at,
    ['clientTransferProhibited'] AS status,
    registrant < 0 AS redacted,
    CASE WHEN registrant >= 0 THEN sha256('name ' || registrant) END AS registrant_hash,
    CASE WHEN registrant >= 0 THEN sha256('mail ' || registrant) END AS registrant_email_hash,
    CASE WHEN registrant >= 0 THEN sha256('phone ' || registrant) END AS registrant_phone_hash,
    CASE WHEN registrant >= 0 AND registrant % 3 = 0 THEN sha256('org ' || registrant) END AS registrant_org_hash,
    -- hosting
    CASE WHEN failing = 1 THEN 'NXDOMAIN' ELSE 'NOERROR' END AS rcode,
    CASE
        WHEN failing = 1 THEN NULL
        WHEN ns_host = 'ns.cloudhub.netlab' THEN ['a' || (ns % 55) || '.' || ns_host, 'b' || (ns // 55) || '.' || ns_host]
        ELSE ['ns1.' || ns_host, 'ns2.' || ns_host]
    END AS ns,
    CASE WHEN failing = 0 THEN list_transform(
        range(address, address + addresses),
        lambda n: (240 + (n >> 24)) || '.' || ((n >> 16) & 255) || '.' || ((n >> 8) & 255) || '.' || (n & 255)
    ) END AS a,
    CASE WHEN failing = 1 THEN NULL WHEN mx = -2 THEN [] ELSE ['mail.' || mx_host] END AS mx,
    CASE WHEN failing = 0 THEN 'ns1.' || ns_host END AS soa_mname,
    CASE WHEN failing = 0 THEN 'hostmaster.' || soa_host END AS soa_rname,
    [] AS aaaa,
    CASE WHEN failing = 0 THEN [(240 + (address >> 24)) || '.' || ((address >> 16) & 255) || '.' || ((address >> 8) & 252) || '.0/22'] END AS prefix,
    CASE WHEN failing = 0 THEN [(64512 + address // 65536 % 1000)::INTEGER] END AS asn,
    '127.0.0.1:53' AS resolver,
    -- certificate
    certificate
FROM host
