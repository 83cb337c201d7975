-- Registrations that were looked up on the day on which they were new, with registrar and TLD (`key`) and the minute of their
-- creation (`place`). A creation "at midnight" is a date without a time.
CREATE TABLE born AS
SELECT
    domain,
    day,
    registrar_iana_id || ' .' || split_part(domain, '.', -1) AS key,
    date_trunc('minute', created_at) AS place,
    registrar
FROM registration
WHERE day >= $day - INTERVAL 28 DAY
    AND day IN (SELECT day FROM exposure WHERE kind = 'registered')
    AND created_at >= day - INTERVAL 2 DAY
    AND created_at <> date_trunc('day', created_at)
    AND registrar_iana_id IS NOT NULL
    AND (day < $day OR domain IN (FROM fresh))
QUALIFY row_number() OVER (PARTITION BY domain, day ORDER BY source, endpoint, observed_at) = 1
