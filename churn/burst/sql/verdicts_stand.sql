-- How many verdicts stand, and how many of those are about values.
SELECT count(*), count(*) FILTER (contains(subject, '=')) FROM standing_verdict
