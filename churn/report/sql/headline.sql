-- The figures of the first screen.
WITH previous AS (SELECT max(day) AS day FROM cluster_day WHERE day < $day),
today AS (
    SELECT cluster_member.cluster_id, cluster_member.domain, cluster_member.reported
    FROM cluster_member
    JOIN cluster_day USING (day, cluster_id)
    WHERE day = $day AND cluster_day.reported_members > 0
),
unreported AS (SELECT cluster_id, domain FROM today WHERE NOT coalesce(reported, FALSE)),
new_sibling AS (
    SELECT domain
    FROM unreported
    ANTI JOIN (SELECT cluster_id, domain FROM cluster_member WHERE day = (SELECT day FROM previous)) AS before
        USING (cluster_id, domain)
)
SELECT
    (SELECT count(DISTINCT domain) FROM sighting WHERE day = $day AND kind = 'registered') AS registered,
    (SELECT count(DISTINCT domain) FROM sighting WHERE day = $day AND kind = 'reported') AS reported,
    (SELECT count(*) FROM burst WHERE day = $day) AS bursts,
    (SELECT count(*) FROM burst WHERE day = $day AND reported_members > 0) AS bursts_with_reported,
    (SELECT count(DISTINCT domain) FROM burst_member WHERE day = $day) AS burst_domains,
    (SELECT coalesce(max(observed), 0) FROM burst WHERE day = $day) AS largest_burst,
    (SELECT count(*) FROM cluster_day WHERE day = $day) AS clusters,
    (SELECT count(*) FROM cluster_day WHERE day = $day AND reported_members > 0) AS clusters_with_reported,
    (SELECT count(DISTINCT domain) FROM unreported) AS siblings,
    (SELECT count(DISTINCT domain) FROM new_sibling) AS new_siblings,
    (SELECT count(DISTINCT domain) FROM sibling WHERE day = $day AND probability >= 0.9) AS likely_siblings,
    (SELECT count(*) FROM feed_day WHERE day = $day) AS feeds,
    (SELECT count(*) FROM feed_day WHERE day = $day AND gate = 'ok') AS feeds_ok,
    (SELECT count(*) FROM packet WHERE day = $day) AS packets,
    (SELECT count(*) FROM reject WHERE day = $day) AS rejects,
    (
        SELECT count(DISTINCT domain)
        FROM sighting
        WHERE day <= $day AND day > $day - to_days($window_days) AND kind IN ('registered', 'reported')
    ) AS window_domains,
    (
        SELECT count(*)
        FROM cluster_member
        ANTI JOIN link USING (day, cluster_id, domain)
        WHERE day = $day
    ) AS unexplained_members
