-- Rows of the earlier days on which the feed was as it should be.
SELECT rows FROM earlier_feed_day WHERE gate = 'ok' ORDER BY day
