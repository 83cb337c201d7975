-- Names that are asked about again.
CREATE OR REPLACE TABLE fact_name AS
SELECT *, true AS is_reported
FROM world_name
SEMI JOIN check_asked USING (domain)
