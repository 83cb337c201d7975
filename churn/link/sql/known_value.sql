-- Step 7d. The values that held somebody on the last linked day too, in that day's words: a text's number is its own.
SELECT tied_value.code, min(shared_value.value) AS value
FROM shared_value
INNER JOIN field ON field.name = shared_value.field
INNER JOIN tied_value ON tied_value.field = field.field AND tied_value.value = number_of(shared_value.value)
WHERE shared_value.day = $earlier
GROUP BY tied_value.code
