-- What a stored plan was made of, as a short text: the day's names, whether each is reported, and the budget. A plan
-- stands as long as this does.
SELECT substr(md5(concat_ws(' ', count(*), bit_xor(md5_number_lower(domain || ' ' || is_reported)), $budget)), 1, 12)
FROM (
    SELECT domain, bool_or(kind = 'reported') AS is_reported
    FROM sighting
    WHERE day = $day AND kind IN ('registered', 'reported')
    GROUP BY domain
)
