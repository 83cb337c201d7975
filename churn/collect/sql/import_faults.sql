-- Why rows were put aside, the most frequent reasons first.
SELECT reason, count(*) AS rows FROM import_reject GROUP BY reason ORDER BY rows DESC, reason LIMIT 5
