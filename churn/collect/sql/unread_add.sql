-- A line, or a whole content (null), that can't be read.
INSERT INTO unread VALUES ($line, $reason, $excerpt)
