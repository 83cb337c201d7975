-- Step 9. Who is to be asked about each domain today: its sponsor, and each network that announces an address of it.
CREATE TEMP TABLE addressed AS
SELECT domain, 'registrar' AS scope, CAST(sponsor AS VARCHAR) AS subject, subject AS recipient
FROM record
WHERE sponsor IS NOT NULL
UNION ALL
SELECT DISTINCT domain, 'network', 'AS' || asn, recipient
FROM place
WHERE asn IS NOT NULL
