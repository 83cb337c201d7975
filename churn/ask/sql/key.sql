-- The number by which a text is searched.
SELECT key_of($value)
