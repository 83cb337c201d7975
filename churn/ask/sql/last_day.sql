-- The last day that was linked.
SELECT max(day) FROM cluster_day
