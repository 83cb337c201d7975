-- Step 1b. The newest DNS answer of each domain in the window that told anything.
CREATE TABLE newest_hosting AS
SELECT window_domain.id, hosting.*
FROM hosting
INNER JOIN window_domain USING (domain)
WHERE hosting.rcode = 'NOERROR'
QUALIFY row_number() OVER (PARTITION BY hosting.domain ORDER BY hosting.observed_at DESC) = 1
