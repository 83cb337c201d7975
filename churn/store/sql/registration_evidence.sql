-- What a registration record shows that other domains may share, as text; one row a record.
CREATE OR REPLACE VIEW registration_evidence AS
SELECT
    domain,
    day,
    observed_at,
    -- some records name their registrar without its number
    coalesce(CAST(registrar_iana_id AS VARCHAR), registrar) AS sponsor,
    registrant_email_hash AS registrant_email,
    registrant_phone_hash AS registrant_phone,
    registrant_org_hash AS registrant_org,
    -- A creation time is one registrar's: many are born anywhere in a minute, few at one registrar. A creation "at midnight"
    -- is a date without a time.
    CASE
        WHEN epoch_us(created_at) % 86400000000 <> 0
            THEN coalesce(CAST(registrar_iana_id AS VARCHAR), registrar) || ' ' || strftime(make_timestamp(epoch_us(created_at)), '%Y-%m-%d %H:%M')
    END AS created_minute
FROM registration
