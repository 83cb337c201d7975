-- Step 4a. The codes of some rows of `shared`, 0 for none.
SELECT
    id,
    coalesce(registrant_email, 0) AS registrant_email,
    coalesce(registrant_phone, 0) AS registrant_phone,
    coalesce(registrant_org, 0) AS registrant_org,
    coalesce(created_minute, 0) AS created_minute,
    coalesce(name_servers, 0) AS name_servers,
    coalesce(address, 0) AS address,
    coalesce(prefix, 0) AS prefix,
    coalesce(mail_exchangers, 0) AS mail_exchangers,
    coalesce(soa_mailbox, 0) AS soa_mailbox,
    coalesce(certificate_key, 0) AS certificate_key,
    coalesce(skeleton, 0) AS skeleton,
    coalesce(stem, 0) AS stem,
    coalesce(template, 0) AS template,
    coalesce(word, 0) AS word,
    coalesce(series, 0) AS series,
    coalesce(batch, 0) AS batch,
    coalesce(arrival_day, 0) AS arrival_day
FROM shared
WHERE rowid >= $first AND rowid < $after
