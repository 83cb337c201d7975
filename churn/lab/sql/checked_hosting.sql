-- DNS answers about the names that the DNS is asked about again; of those that nobody has registered, that there is none.
SELECT * FROM check_hosting
SEMI JOIN (SELECT domain FROM check_asked WHERE kind = 'dns') AS asked USING (domain)
UNION ALL BY NAME
SELECT
    domain,
    $at AS observed_at,
    'NXDOMAIN' AS rcode,
    [] AS a,
    [] AS aaaa,
    [] AS ns,
    [] AS mx,
    [] AS txt,
    [] AS prefix,
    [] AS asn,
    [] AS as_name,
    [] AS country,
    '127.0.0.1:53' AS resolver,
    $day AS day
FROM check_asked
ANTI JOIN fact_name USING (domain)
WHERE kind = 'dns'
