-- DNS answers. Names whose registration is looked up are asked for everything, the others for NS and A only.
SELECT
    name.domain,
    $at AS observed_at,
    CASE name.rcode WHEN 0 THEN 'NOERROR' WHEN 3 THEN 'NXDOMAIN' ELSE 'SERVFAIL' END AS rcode,
    CASE name.rcode WHEN 0 THEN address.value WHEN 3 THEN [] END AS a,
    CASE name.rcode WHEN 0 THEN list_sort(list_transform(name_server.value, lambda host: replace(host, '@', name.domain))) WHEN 3 THEN [] END AS ns,
    CASE
        WHEN name.rcode = 3 THEN []
        WHEN name.rcode = 0 AND chosen.row IS NOT NULL THEN if(known_v6.value IS NULL, [], [known_v6.value])
    END AS aaaa,
    CASE
        WHEN name.rcode = 3 THEN []
        WHEN name.rcode = 0 AND chosen.row IS NOT NULL
            THEN list_sort(list_transform(mail_server.value, lambda host: replace(host, '@', name.domain)))
    END AS mx,
    CASE WHEN name.rcode = 0 AND chosen.row IS NOT NULL THEN replace(name_server.value[1], '@', name.domain) END AS soa_mname,
    CASE WHEN name.rcode = 0 AND chosen.row IS NOT NULL THEN replace(mailbox.value, '@', name.domain) END AS soa_rname,
    CASE WHEN name.rcode = 3 THEN [] END AS txt,
    CASE name.rcode WHEN 0 THEN list_sort(list_distinct(list_concat(address.prefix, known_v6.prefix))) WHEN 3 THEN [] END AS prefix,
    CASE name.rcode WHEN 0 THEN list_sort(list_distinct(list_concat(address.asn, known_v6.asn))) WHEN 3 THEN [] END AS asn,
    CASE name.rcode WHEN 0 THEN list_sort(list_distinct(list_concat(address.as_name, known_v6.as_name))) WHEN 3 THEN [] END AS as_name,
    CASE name.rcode WHEN 0 THEN list_sort(list_distinct(list_concat(address.country, known_v6.country))) WHEN 3 THEN [] END AS country,
    '127.0.0.1:53' AS resolver,
    $day AS day
FROM fact_name AS name
LEFT JOIN fact_chosen AS chosen ON chosen.row = name.row
LEFT JOIN address ON address.number = name.a
LEFT JOIN name_server ON name_server.number = name.ns
LEFT JOIN mail_server ON mail_server.number = name.mx
LEFT JOIN mailbox ON mailbox.number = name.soa
LEFT JOIN known_v6 ON known_v6.number = chosen.aaaa AND name.rcode = 0
