-- Lines of a feed's lists of a day that can't be read as entries at all.
CREATE OR REPLACE TEMP TABLE unread (line BIGINT, reason VARCHAR, excerpt VARCHAR)
