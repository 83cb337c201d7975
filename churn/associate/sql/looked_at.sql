-- Step 7. Domains of the book that share anything that brings forward.
CREATE OR REPLACE TEMP TABLE looked_at (id BIGINT)
