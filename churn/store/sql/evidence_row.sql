-- Evidence, one row an observation: `evidence` has one row a value.
CREATE OR REPLACE VIEW evidence_row AS
SELECT domain, 'owner' AS family, 'registrant_email' AS field, registrant_email AS value, 'registration' AS source, observed_at
FROM registration_evidence
UNION ALL
SELECT domain, 'owner', 'registrant_phone', registrant_phone, 'registration', observed_at FROM registration_evidence
UNION ALL
SELECT domain, 'owner', 'registrant_org', registrant_org, 'registration', observed_at FROM registration_evidence
UNION ALL
SELECT domain, 'registration', 'created_minute', created_minute, 'registration', observed_at FROM registration_evidence
UNION ALL
SELECT domain, 'infrastructure', 'name_servers', name_servers, 'hosting', observed_at FROM hosting_evidence
UNION ALL
SELECT domain, 'infrastructure', 'address', unnest(addresses[1:4]), 'hosting', observed_at FROM hosting_evidence
UNION ALL
SELECT domain, 'infrastructure', 'prefix', unnest(list_transform(addresses[1:4],
    lambda address: regexp_replace(address, '[0-9]+$', '0/24'))), 'hosting', observed_at
FROM hosting_evidence
UNION ALL
SELECT domain, 'infrastructure', 'mail_exchangers', mail_exchangers, 'hosting', observed_at FROM hosting_evidence
UNION ALL
SELECT domain, 'infrastructure', 'soa_mailbox', soa_mailbox, 'hosting', observed_at FROM hosting_evidence
UNION ALL
SELECT domain, 'infrastructure', 'certificate_key', spki_sha256, 'certificate', observed_at FROM certificate
UNION ALL
SELECT domain, 'name', 'skeleton', skeleton, 'name', CAST(day AS TIMESTAMPTZ) FROM name_form
UNION ALL
SELECT domain, 'name', 'template', template, 'name', CAST(day AS TIMESTAMPTZ) FROM name_form
UNION ALL
SELECT domain, 'name', 'stem', stem, 'name', CAST(day AS TIMESTAMPTZ) FROM name_form
UNION ALL
SELECT domain, 'name', 'word', words[1], 'name', CAST(day AS TIMESTAMPTZ) FROM name_form
UNION ALL
-- a day on which a feed of new names had it: known of every name, and weak, so only names are paired with it
SELECT domain, 'arrival', 'arrival_day', CAST(day AS VARCHAR), 'sighting', seen_at FROM report_evidence WHERE kind = 'registered'
UNION ALL
SELECT domain, 'report', 'series', series, 'sighting', seen_at FROM report_evidence
UNION ALL
SELECT domain, 'report', 'batch', batch, 'sighting', seen_at FROM report_evidence
