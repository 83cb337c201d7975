-- Registration records. Registries that have WHOIS only tell no registrar's number and no more of a registrant than name and
-- e-mail; some of them ("blocks") give dates without times, no e-mail and no abuse contact. A privacy service is no registrant.
SELECT
    name.domain,
    $at AS observed_at,
    if(only_whois, 'whois', 'rdap') AS source,
    if(only_whois, registry.whois_host, 'http://' || registry.address || '/rdap/registry/' || registry.tld || '/') AS endpoint,
    CASE WHEN NOT only_whois THEN 'D' || (name.row + 1000000) || '-' || upper(registry.tld) END AS handle,
    registrar.name AS registrar,
    CASE WHEN NOT only_whois THEN registrar.iana_id END AS registrar_iana_id,
    if(only_dates, date_trunc('day', created), created) AS created_at,
    if(only_dates, date_trunc('day', changed), changed) AS updated_at,
    created_at + to_years(CAST(greatest(year(created_at), 2025) - year(created_at) + if(owner % 11 = 0, 2, 1) AS INTEGER)) AS expires_at,
    epp_status.value AS status,
    if(name.rcode = 3, [], list_sort(list_transform(name_server.value, lambda host: replace(host, '@', name.domain)))) AS nameservers,
    sha256('name ' || lower(who.name)) AS registrant_hash,
    CASE WHEN NOT only_dates THEN sha256('email ' || who.email) END AS registrant_email_hash,
    CASE WHEN NOT only_dates THEN split_part(who.email, '@', 2) END AS registrant_email_domain,
    CASE WHEN NOT only_whois THEN sha256('phone ' || who.phone) END AS registrant_phone_hash,
    CASE WHEN NOT only_whois AND who.organisation <> '' THEN sha256('organisation ' || lower(who.organisation)) END AS registrant_org_hash,
    CASE WHEN NOT only_whois AND who.country <> 'ZZ' THEN who.country END AS registrant_country,
    name.redacted,
    CASE WHEN NOT only_whois THEN known_reseller.value END AS reseller,
    CASE WHEN NOT only_whois THEN owner % 17 = 0 END AS dnssec,
    CASE WHEN NOT only_dates THEN registrar.abuse_email END AS abuse_email,
    CASE WHEN NOT only_whois THEN registrar.abuse_phone END AS abuse_phone,
    CASE
        WHEN only_dates THEN NULL
        WHEN only_whois THEN 'whois'
        WHEN registry.kind = 'thin' AND registrar.rdap THEN 'registrar_rdap'
        ELSE 'registry_rdap'
    END AS abuse_source,
    $day AS day
FROM (
    SELECT * REPLACE (to_timestamp(created) AS created), to_timestamp(created + 7 + owner % 90) AS changed
    FROM fact_chosen
) AS name
INNER JOIN (SELECT *, kind = 'whois' AS only_whois, layout = 'blocks' AS only_dates FROM registry) AS registry ON registry.number = name.tld
INNER JOIN registrar ON registrar.number = name.registrar
INNER JOIN epp_status ON epp_status.number = name.status
INNER JOIN name_server ON name_server.number = name.ns
LEFT JOIN known_person AS who ON who.number = name.registrant AND NOT name.redacted
LEFT JOIN known_reseller ON known_reseller.number = name.reseller
