-- Earlier days on which the feed gave anything.
SELECT count(*) FROM earlier_feed_day WHERE rows > 0
