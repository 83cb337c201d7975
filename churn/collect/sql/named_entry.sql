-- The entries with the names that they hold. What a list of registrations or drops calls a name and looks like the owner of
-- an NSEC3 record (RFC 5155, 3: 160 bits in base32hex under the zone's apex) leaked from a zone file: it is none. Random
-- digits tell such a name from one made of words (in 50,796 real ones, five may have had fewer than two digits, where 187
-- names of words have 32 letters up to v), a letter beyond f from an MD5 sum, which people do register. A reported list
-- may well hold such names, made by an algorithm; and in a zone file the record type tells, so its entries have a kind.
CREATE OR REPLACE TEMP TABLE named_entry AS
WITH named_with AS (FROM named('entry')),
told AS (
    SELECT
        *,
        kind IS NULL
        AND $kind <> 'reported'
        AND name_fqdn = name_domain
        AND regexp_matches(name_fqdn, '^[0-9a-v]{32}\.')
        AND regexp_matches(name_fqdn, '^[^.]*[g-v][^.]*\.')
        AND regexp_matches(name_fqdn, '^[^.]*[0-9][^.]*[0-9][^.]*\.') AS hashed
    FROM named_with
)
SELECT
    * REPLACE (
        coalesce(kind, $kind) AS kind,
        coalesce(hashed, false) AS hashed,
        CASE WHEN hashed THEN NULL ELSE name_fqdn END AS name_fqdn,
        CASE WHEN hashed THEN NULL ELSE name_domain END AS name_domain,
        CASE WHEN hashed THEN 'the owner of an NSEC3 record, not a name' ELSE name_reason END AS name_reason
    )
FROM told
