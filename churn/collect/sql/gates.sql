-- The gates of a day.
SELECT feed, gate, detail FROM feed_day
