-- Step 1b. The newest registration record of each domain in the window.
CREATE TABLE newest_registration AS
SELECT window_domain.id, registration.*
FROM registration
INNER JOIN window_domain USING (domain)
QUALIFY row_number() OVER (PARTITION BY registration.domain ORDER BY registration.observed_at DESC, registration.source) = 1
