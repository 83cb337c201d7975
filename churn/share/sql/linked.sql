-- Whether a day was linked.
SELECT 1 FROM cluster_day WHERE day = $day LIMIT 1
