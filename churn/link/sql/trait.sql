-- Step 1. What each domain shows on a day, one row a domain, each value as a number (`number_of` of its text in `evidence`).
-- Of several values of a field this row has the least number; `trait_further` has the others. Of an answer's addresses the least
-- stands for all: the same set of addresses has the same least one, and most sets are a hub's. The last columns say when what
-- this row has was seen (UTC), where there is one observation only; those of several are in `trait_further` each with its own.
WITH sighted AS (
    SELECT
        number_of(domain) AS id,
        day,
        max(CASE WHEN kind = 'registered' THEN 1 ELSE 0 END) = 1 AS registered,
        max(CASE WHEN kind = 'reported' THEN 1 ELSE 0 END) = 1 AS reported,
        min(number_of(series)) AS series,
        min(number_of(batch)) AS batch,
        min(CASE WHEN kind = 'registered' THEN seen_at END) AS registered_at,
        CASE WHEN count(CASE WHEN kind = 'reported' THEN 1 END) = 1 THEN max(CASE WHEN kind = 'reported' THEN seen_at END) END AS reported_at
    FROM report_evidence
    GROUP BY number_of(domain), day
),
registered AS (
    SELECT
        number_of(domain) AS id,
        day,
        min(number_of(sponsor)) AS registrar,
        min(number_of(registrant_email)) AS registrant_email,
        min(number_of(registrant_phone)) AS registrant_phone,
        min(number_of(registrant_org)) AS registrant_org,
        min(number_of(created_minute)) AS created_minute,
        CASE WHEN count(*) = 1 THEN min(observed_at) END AS registration_at
    FROM registration_evidence
    GROUP BY number_of(domain), day
),
hosted AS (
    SELECT
        number_of(domain) AS id,
        day,
        min(number_of(name_servers)) AS name_servers,
        min(number_of(least_of(addresses))) AS address,
        min(number_of(network_of(least_of(addresses)))) AS prefix,
        min(number_of(mail_exchangers)) AS mail_exchangers,
        min(number_of(soa_mailbox)) AS soa_mailbox,
        CASE WHEN count(*) = 1 THEN min(observed_at) END AS hosting_at
    FROM hosting_evidence
    GROUP BY number_of(domain), day
),
certified AS (
    SELECT
        number_of(domain) AS id,
        day,
        min(number_of(spki_sha256)) AS certificate_key,
        CASE WHEN count(*) = 1 THEN min(observed_at) END AS certificate_at
    FROM certificate
    GROUP BY number_of(domain), day
),
named AS (
    SELECT
        number_of(domain) AS id,
        day,
        min(number_of(skeleton)) AS skeleton,
        min(number_of(stem)) AS stem,
        min(number_of(template)) AS template,
        min(number_of(nth(words, 1))) AS word
    FROM name_form
    GROUP BY number_of(domain), day
),
known AS (
    SELECT id, day FROM sighted
    UNION
    SELECT id, day FROM registered
    UNION
    SELECT id, day FROM hosted
    UNION
    SELECT id, day FROM certified
    UNION
    SELECT id, day FROM named
)
SELECT
    known.id,
    known.day,
    coalesce(sighted.registered, false) AS registered,
    coalesce(sighted.reported, false) AS reported,
    registered.registrar,
    registered.registrant_email,
    registered.registrant_phone,
    registered.registrant_org,
    registered.created_minute,
    hosted.name_servers,
    hosted.address,
    hosted.prefix,
    hosted.mail_exchangers,
    hosted.soa_mailbox,
    certified.certificate_key,
    named.skeleton,
    named.stem,
    named.template,
    named.word,
    sighted.series,
    sighted.batch,
    CASE WHEN sighted.registered THEN number_of(CAST(known.day AS STRING)) END AS arrival_day,
    registered.registration_at,
    hosted.hosting_at,
    certified.certificate_at,
    sighted.registered_at,
    sighted.reported_at
FROM known
LEFT JOIN sighted ON sighted.id = known.id AND sighted.day = known.day
LEFT JOIN registered ON registered.id = known.id AND registered.day = known.day
LEFT JOIN hosted ON hosted.id = known.id AND hosted.day = known.day
LEFT JOIN certified ON certified.id = known.id AND certified.day = known.day
LEFT JOIN named ON named.id = known.id AND named.day = known.day
