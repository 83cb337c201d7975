-- Reported members that nobody is told of, since no registrar is known to sponsor them.
SELECT item.domain, item.cluster_id, item.sponsors, record.source, record.endpoint, record.observed_at
FROM item
LEFT JOIN record USING (domain)
WHERE item.state = 'no_sponsor'
ORDER BY item.domain
