-- Who sponsors the members, by the newest record of each.
SELECT id, registrar, registrar_iana_id
FROM (
    SELECT
        window_domain.id,
        registration.registrar,
        registration.registrar_iana_id,
        row_number() OVER (PARTITION BY window_domain.id ORDER BY registration.day DESC, registration.source) AS place
    FROM registration
    INNER JOIN window_domain ON window_domain.domain = registration.domain
) AS ranked
WHERE place = 1
