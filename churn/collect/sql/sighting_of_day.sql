-- One sighting a distinct entry that holds a name. A time that no list of that day can mean (before there were such lists,
-- or in the future) is as good as none: then the instant of the fetch stands for it.
CREATE OR REPLACE TEMP TABLE sighting_of_day AS
SELECT DISTINCT
    name_domain AS domain,
    name_fqdn AS fqdn,
    kind,
    $feed AS feed,
    CASE
        WHEN instant_of(seen_text) BETWEEN TIMESTAMPTZ '2000-01-01' AND $day::DATE::TIMESTAMPTZ + INTERVAL 2 DAY
            THEN instant_of(seen_text)
        ELSE fetched_at
    END AS seen_at,
    printable_text(reference, 500) AS reference,
    printable_text(label, 200) AS label,
    series_hash,
    $day::DATE AS day,
    raw_sha256
FROM named_entry
LEFT JOIN series_hashed USING (series)
WHERE name_fqdn IS NOT NULL
