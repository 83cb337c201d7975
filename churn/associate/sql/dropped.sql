-- Rows of the portfolio whose domain stands in another one too: all but the one that was created last, of those the last.
-- Hashes spare the memory of five million names; two that meet cost a comparison more.
CREATE OR REPLACE TEMP TABLE dropped AS
WITH sound AS (SELECT id, domain, created_at FROM named_row WHERE reason IS NULL),
again AS (
    SELECT hash(domain) AS domain_hash
    FROM sound
    GROUP BY domain_hash
    HAVING count(*) > 1
)
SELECT sound.id
FROM sound SEMI JOIN again ON again.domain_hash = hash(sound.domain)
QUALIFY row_number() OVER (PARTITION BY domain ORDER BY created_at DESC NULLS LAST, id DESC) > 1
