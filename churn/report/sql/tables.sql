-- The tables that the published copy has: one of an earlier version may lack some.
SELECT table_name
FROM information_schema.tables
ORDER BY table_name
