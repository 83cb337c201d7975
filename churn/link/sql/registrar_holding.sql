-- Step 3a. How common a value is at one registrar: its customers share its default name servers, and a minute of birth
-- must not count that sharing as surprise.
CREATE TABLE registrar_holding AS
SELECT
    newest_registration.registrar_iana_id AS registrar,
    holding.value_id,
    count(*) AS domains,
    any_value(registrar_total.domains) AS registrar_domains
FROM holding
INNER JOIN newest_registration USING (id)
INNER JOIN (
    SELECT registrar_iana_id, count(*) AS domains FROM newest_registration GROUP BY registrar_iana_id
) AS registrar_total USING (registrar_iana_id)
GROUP BY newest_registration.registrar_iana_id, holding.value_id
