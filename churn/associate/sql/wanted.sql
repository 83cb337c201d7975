-- Step 2. The values that they have, by number.
CREATE OR REPLACE TEMP TABLE wanted AS
WITH shown AS (
    SELECT 'account' AS field, account_hash AS value FROM seed
    UNION
    SELECT 'payment', payment_hash FROM seed
    UNION
    SELECT 'contact', contact_hash FROM seed
    UNION
    SELECT 'access', access_hash FROM seed
    UNION
    SELECT 'order', order_id FROM seed
    UNION
    SELECT 'minute', minute FROM seed
    UNION
    SELECT 'created_day', created_day FROM seed
    UNION
    SELECT 'name_servers', name_servers FROM seed
    UNION
    SELECT 'address', unnest(addresses) FROM seed
    UNION
    SELECT 'skeleton', skeleton FROM seed
    UNION
    SELECT 'stem', stem FROM seed
    UNION
    SELECT 'template', template FROM seed
    UNION
    SELECT 'cluster', cluster_id FROM seed
)
SELECT row_number() OVER (ORDER BY field, value) AS code, field, value FROM shown WHERE value IS NOT NULL
