-- Step 2b. The candidate values of each domain, by their codes; what links nobody is null. Domains that were seen again have
-- theirs in `again_shared`.
SELECT
    trait.id,
    trait.day,
    registrant_email.code AS registrant_email,
    registrant_phone.code AS registrant_phone,
    registrant_org.code AS registrant_org,
    created_minute.code AS created_minute,
    name_servers.code AS name_servers,
    address.code AS address,
    prefix.code AS prefix,
    mail_exchangers.code AS mail_exchangers,
    soa_mailbox.code AS soa_mailbox,
    certificate_key.code AS certificate_key,
    skeleton.code AS skeleton,
    stem.code AS stem,
    template.code AS template,
    word.code AS word,
    series.code AS series,
    batch.code AS batch,
    arrival_day.code AS arrival_day
FROM trait
LEFT JOIN again ON again.id = trait.id
LEFT JOIN candidate_value AS registrant_email ON registrant_email.field = 0 AND registrant_email.value = trait.registrant_email
LEFT JOIN candidate_value AS registrant_phone ON registrant_phone.field = 1 AND registrant_phone.value = trait.registrant_phone
LEFT JOIN candidate_value AS registrant_org ON registrant_org.field = 2 AND registrant_org.value = trait.registrant_org
LEFT JOIN candidate_value AS created_minute ON created_minute.field = 3 AND created_minute.value = trait.created_minute
LEFT JOIN candidate_value AS name_servers ON name_servers.field = 4 AND name_servers.value = trait.name_servers
LEFT JOIN candidate_value AS address ON address.field = 5 AND address.value = trait.address
LEFT JOIN candidate_value AS prefix ON prefix.field = 6 AND prefix.value = trait.prefix
LEFT JOIN candidate_value AS mail_exchangers ON mail_exchangers.field = 7 AND mail_exchangers.value = trait.mail_exchangers
LEFT JOIN candidate_value AS soa_mailbox ON soa_mailbox.field = 8 AND soa_mailbox.value = trait.soa_mailbox
LEFT JOIN candidate_value AS certificate_key ON certificate_key.field = 9 AND certificate_key.value = trait.certificate_key
LEFT JOIN candidate_value AS skeleton ON skeleton.field = 10 AND skeleton.value = trait.skeleton
LEFT JOIN candidate_value AS stem ON stem.field = 11 AND stem.value = trait.stem
LEFT JOIN candidate_value AS template ON template.field = 12 AND template.value = trait.template
LEFT JOIN candidate_value AS word ON word.field = 13 AND word.value = trait.word
LEFT JOIN candidate_value AS series ON series.field = 14 AND series.value = trait.series
LEFT JOIN candidate_value AS batch ON batch.field = 15 AND batch.value = trait.batch
LEFT JOIN candidate_value AS arrival_day ON arrival_day.field = 16 AND arrival_day.value = trait.arrival_day
WHERE again.id IS NULL
