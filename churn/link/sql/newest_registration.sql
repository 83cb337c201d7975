-- Who sponsors the members, by the newest record of each.
CREATE TABLE newest_registration AS
SELECT member.id, registration.registrar, registration.registrar_iana_id
FROM registration
INNER JOIN window_domain USING (domain)
INNER JOIN member USING (id)
QUALIFY row_number() OVER (PARTITION BY member.id ORDER BY registration.day DESC, registration.source) = 1
