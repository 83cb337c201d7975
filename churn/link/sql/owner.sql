-- Hops 3. The values of owners by which a domain may link.
SELECT id, unnest([registrant_email, registrant_phone, registrant_org, certificate_key]) AS code
FROM shared
WHERE coalesce(registrant_email, registrant_phone, registrant_org, certificate_key) IS NOT NULL
UNION ALL
SELECT again_shared.id, again_shared.code
FROM again_shared
INNER JOIN field ON field.field = again_shared.field
WHERE field.name IN ('registrant_email', 'registrant_phone', 'registrant_org', 'certificate_key')
