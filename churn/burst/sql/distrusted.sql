-- Days of a feed that are no base for a count: its gate is not ok (stale, shrunken, repeated, missing), or it was the first
-- delivery of a list that is served whole, whose names are old news.
CREATE TABLE distrusted AS
SELECT DISTINCT feed, day FROM feed_day WHERE gate <> 'ok' OR backlog
