-- Names whose registration was asked for on the day.
SELECT DISTINCT domain
FROM lookup
WHERE day = $day AND kind IN ('rdap', 'whois') AND outcome <> 'skipped_budget'
