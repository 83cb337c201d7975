-- Networks that Team Cymru's zones told of lately, oldest first; those of one prefix and instant belong together.
SELECT prefix, asn, name, country, observed_at
FROM network
WHERE source = 'cymru' AND endpoint = $zone AND observed_at >= $since AND asn IS NOT NULL
ORDER BY observed_at, prefix, asn
