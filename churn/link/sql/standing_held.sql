-- Kept for arrivals: the values of which one cluster's core holds at least 4 and two thirds.
SELECT component, code, field, of_window FROM held_value
