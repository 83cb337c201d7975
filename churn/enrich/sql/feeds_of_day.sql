-- Feeds that were visited on the day.
SELECT DISTINCT feed FROM feed_day WHERE day = $day ORDER BY feed
