-- Step 7. Pairs of a domain of the book and a reported one that are probable enough.
CREATE OR REPLACE TEMP TABLE judged (
    id BIGINT, seed BIGINT, probability DOUBLE, codes BIGINT[], same_account BOOLEAN, among BIGINT
)
