-- Rows of the earlier days on which the feed was as it should be.
SELECT rows FROM feed_day WHERE feed = $feed AND gate = 'ok' ORDER BY day
