-- Memberships without a row in the ledger: there should be none.
SELECT cluster_id, domain
FROM cluster_member
ANTI JOIN link USING (day, cluster_id, domain)
WHERE day = $day
ORDER BY cluster_id, domain
LIMIT $top
