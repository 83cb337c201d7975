-- Whether the published copy has the index.
SELECT count(*) = 2 FROM duckdb_tables() WHERE database_name = 'churn' AND table_name IN ('domain_day', 'value_key')
