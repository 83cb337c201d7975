-- Numbers of the chosen that are to be written out: registrants who are shown, resellers, IPv6 addresses.
SELECT
    CASE WHEN NOT redacted THEN registrant END AS registrant,
    CASE WHEN reseller >= 0 THEN reseller END AS reseller,
    CASE WHEN aaaa >= 0 AND rcode = 0 THEN aaaa END AS aaaa
FROM fact_chosen
