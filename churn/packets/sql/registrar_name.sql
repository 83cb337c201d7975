-- The name of each registrar, as most of its records of the window give it.
SELECT registrar_iana_id AS number, registrar AS name
FROM registration
WHERE registrar_iana_id IS NOT NULL AND registrar IS NOT NULL AND day BETWEEN $since AND $day
GROUP BY registrar_iana_id, registrar
QUALIFY row_number() OVER (PARTITION BY registrar_iana_id ORDER BY count(*) DESC, registrar) = 1
ORDER BY number
