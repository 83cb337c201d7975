-- What a story tells of the clusters of today.
SELECT cluster_id, name, size, reported_members, registrars FROM cluster_day WHERE day = $day
