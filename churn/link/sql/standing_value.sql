-- Kept for arrivals: the values of the window and their counts.
SELECT field, value, code, domains, field_domains FROM candidate_value ORDER BY field, value
