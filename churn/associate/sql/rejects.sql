-- Rows of the portfolio that are not in the book, by the reason, the most frequent first. What can't be read shifts nothing.
SELECT reason, count(*) AS rows FROM named_row WHERE reason <> '' GROUP BY reason
UNION ALL
SELECT reason, count(DISTINCT line) FROM unread GROUP BY reason
UNION ALL
SELECT 'the same domain again; the row created last is kept', count(*)
FROM dropped
HAVING count(*) > 0
ORDER BY rows DESC, reason
