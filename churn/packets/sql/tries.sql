-- How the newest try at each kind of look-up ended.
SELECT domain, kind, endpoint, attempted_at, outcome, detail
FROM lookup
SEMI JOIN (SELECT domain FROM item WHERE state IN ('new', 'repeat', 'no_sponsor', 'no_network')) AS asked USING (domain)
QUALIFY row_number() OVER (PARTITION BY domain, kind ORDER BY attempted_at DESC, attempt DESC, endpoint, outcome) = 1
ORDER BY domain, kind
