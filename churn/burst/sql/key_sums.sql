-- What is known of each key before today: its count in the early part of the past, from which its rate is taken, and the
-- moments of its counts in the late part, on which that rate is tried out. `first` is its count when it was first met.
-- `exposed` (day, exposure, is_late) says how much each day could have counted.
SELECT
    key,
    coalesce(sum(observed) FILTER (NOT is_late), 0)::DOUBLE AS early,
    coalesce(sum(observed) FILTER (is_late), 0)::DOUBLE AS late,
    coalesce(sum(observed * observed) FILTER (is_late), 0)::DOUBLE AS squares,
    coalesce(sum(observed * exposure) FILTER (is_late), 0)::DOUBLE AS product,
    arg_min(observed, (day, place))::DOUBLE AS first
FROM key_cell
INNER JOIN exposed USING (day)
WHERE source = $source
GROUP BY key
ORDER BY key
