-- Step 1b. The evidence of the window (the view `evidence` says what it is), by number of domain.
CREATE TABLE trait AS
SELECT window_domain.id, family, field, value, source, last_seen AS observed_at
FROM evidence
INNER JOIN window_domain USING (domain)
