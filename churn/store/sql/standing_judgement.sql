-- The verdicts that hold and judge their subject, a cluster or a value. Those that hold and change clusters are merges and splits.
CREATE OR REPLACE VIEW standing_judgement AS
SELECT subject, verdict, given_by, given_at, note, day
FROM standing_verdict
WHERE judges
