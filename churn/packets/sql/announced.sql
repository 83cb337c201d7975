-- Who announces each prefix that was seen in the window, by the newest day on which it was seen.
SELECT prefix, asn, max(name) AS name
FROM (
    SELECT *
    FROM network
    WHERE source <> 'rdap' AND asn > 0 AND day BETWEEN $since AND $day
    QUALIFY day = max(day) OVER (PARTITION BY prefix)
)
GROUP BY prefix, asn
ORDER BY prefix, asn
