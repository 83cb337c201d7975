-- What an answer of the DNS shows that other domains may share, as text; one row an observation.
CREATE OR REPLACE VIEW hosting_evidence AS
SELECT
    domain,
    day,
    observed_at,
    nullif(array_to_string(ns, ' '), '') AS name_servers,
    a AS addresses,
    CASE WHEN operator IS NULL OR NOT ends_with(mx[1], operator) THEN nullif(array_to_string(mx, ' '), '') END AS mail_exchangers,
    CASE WHEN operator IS NULL OR NOT ends_with(soa_rname, operator) THEN nullif(soa_rname, '') END AS soa_mailbox
FROM (
    SELECT
        *,
        -- Mail exchangers and mailboxes of the operator of the name servers say no more than those do; and they are known of
        -- chosen names only, so those of a hub would look rare.
        CASE WHEN contains(substr(ns[1], strpos(ns[1], '.') + 1), '.') THEN substr(ns[1], strpos(ns[1], '.')) END AS operator
    FROM hosting
)
