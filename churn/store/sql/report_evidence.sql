-- What a sighting shows that other domains may share, as text; one row a sighting.
CREATE OR REPLACE VIEW report_evidence AS
SELECT
    domain,
    day,
    seen_at,
    kind,
    CASE WHEN kind = 'reported' THEN series_hash END AS series,
    -- names that a feed added within the same minute; a midnight is a date without a time
    CASE
        WHEN kind = 'reported' AND epoch_us(seen_at) % 86400000000 <> 0
            THEN feed || ' ' || strftime(make_timestamp(epoch_us(seen_at)), '%Y-%m-%d %H:%M')
    END AS batch
FROM sighting
WHERE kind IN ('registered', 'reported')
