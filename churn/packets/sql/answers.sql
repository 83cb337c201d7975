-- The addresses of each of them, and what announces these.
SELECT domain, a, aaaa, prefix, asn FROM answer ORDER BY domain
