-- The portfolio, one row a domain: of several rows the one that was created last, of those the last row.
WITH sound AS (SELECT * EXCLUDE (reason, created_at_unread) FROM named_row WHERE reason IS NULL)
FROM sound ANTI JOIN double USING (domain)
UNION ALL
(
    FROM sound SEMI JOIN double USING (domain)
    QUALIFY row_number() OVER (PARTITION BY domain ORDER BY created_at DESC NULLS LAST, id DESC) = 1
)
