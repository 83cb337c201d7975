-- The day on the reported list.
SELECT
    split_part(fqdn, '.', -2) || '.' || split_part(fqdn, '.', -1) AS domain,
    fqdn,
    'reported' AS kind,
    'lab_reported' AS feed,
    seen_at,
    reference,
    label,
    CASE WHEN series <> '' THEN sha256('series ' || series) END AS series_hash,
    $day AS day
FROM listed
