-- What registries and registrars answered of whether there is such a domain. Of several answers the one with the newest
-- `counts_at` holds: that there is one outlasts by an hour its contrary, since of the servers of one look-up, registry and
-- registrar, one may know nothing of a domain that the other has.
CREATE OR REPLACE VIEW registry_answer AS
SELECT domain, found, answered_at, answered_at + CASE WHEN found THEN INTERVAL 1 HOUR ELSE INTERVAL 0 HOUR END AS counts_at, day
FROM (
    SELECT domain, true AS found, observed_at AS answered_at, day FROM registration
    UNION ALL
    SELECT domain, outcome = 'ok', attempted_at, day
    FROM lookup
    WHERE kind IN ('rdap', 'whois') AND outcome IN ('ok', 'not_found')
)
