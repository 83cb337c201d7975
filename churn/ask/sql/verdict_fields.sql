-- The fields of which values are shared.
SELECT DISTINCT field FROM shared_value ORDER BY field
