-- The fields with values that may link somebody.
SELECT field FROM candidate_value WHERE code IS NOT NULL GROUP BY field
