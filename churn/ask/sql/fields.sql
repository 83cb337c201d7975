-- Fields that have evidence.
SELECT DISTINCT field FROM evidence ORDER BY field
