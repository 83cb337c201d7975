-- Reported members that no network is told of, since none is known to hold an address of them on the day.
SELECT
    item.domain,
    item.cluster_id,
    answer.domain IS NOT NULL AS answered,
    answer.observed_at,
    coalesce(len(answer.a), 0) + coalesce(len(answer.aaaa), 0) AS addresses
FROM item
LEFT JOIN answer USING (domain)
WHERE item.state = 'no_network'
ORDER BY item.domain
