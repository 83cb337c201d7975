-- What analysts decided of a day's clusters, as it is known now: the verdict that stands on the cluster itself, else what the
-- day's bursts know of it (`judgement`), as far as that still stands.
CREATE OR REPLACE VIEW cluster_verdict AS
SELECT cluster_day.day, cluster_day.cluster_id, given.verdict
FROM cluster_day
INNER JOIN standing_judgement AS given ON given.subject = cluster_day.cluster_id
UNION ALL
SELECT judgement.day, judgement.cluster_id, judgement.verdict
FROM judgement
INNER JOIN standing_judgement AS given ON given.subject = judgement.subject AND given.verdict = judgement.verdict
WHERE judgement.cluster_id NOT IN (SELECT subject FROM standing_judgement)
