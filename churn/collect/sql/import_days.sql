-- The days that good rows of an import belong to, and how many each has.
SELECT day, count(*) AS rows FROM imported WHERE fault IS NULL GROUP BY day ORDER BY day
