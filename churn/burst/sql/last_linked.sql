-- The last day before this one on which there were clusters.
SELECT max(day) FROM cluster_day WHERE day < $day
