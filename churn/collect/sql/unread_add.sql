-- A content that can't be read at all.
INSERT INTO unread VALUES (NULL, $reason, $excerpt)
