-- The last day before this one on which clusters were linked, and when each identity of it began.
SELECT max(day) FROM cluster_day WHERE day < $day
