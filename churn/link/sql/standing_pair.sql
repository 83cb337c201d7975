-- Kept for arrivals: the pairs of values that hold a cluster's core together, and which.
SELECT driver, other, domains, expected, surprise, component FROM cluster_pair
