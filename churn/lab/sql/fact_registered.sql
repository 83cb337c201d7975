-- The day on the feed of new names, which says no times: all were there when it was fetched.
SELECT domain, domain AS fqdn, 'registered' AS kind, 'lab_nrd' AS feed, $at AS seen_at, $day AS day
FROM fact_name
WHERE day = $number
