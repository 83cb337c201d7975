-- Whose certificate is worth a look-up, in the order of the day's registrations: reported names and those that share
-- something, where no certificate's key was seen in the last thirty days.
WITH known AS (
    SELECT DISTINCT domain
    FROM certificate
    WHERE day < $day AND day >= CAST($day AS DATE) - INTERVAL 30 DAY AND spki_sha256 <> ''
),
worth AS (
    SELECT *, row_number() OVER (ORDER BY rank) AS place
    FROM lookup_plan
    ANTI JOIN known USING (domain)
    WHERE day = $day AND kind = 'registration' AND reason IN ('reported', 'shares_with_reported', 'shares_with_burst')
)
SELECT day, domain, 'certificate' AS kind, place AS rank, reason, field, value, domains, place <= $budget AS chosen
FROM worth
WHERE place <= $budget + $told_of_the_rest
