-- Of the entries of a content no more than its feed may have, the first ones.
DELETE FROM entry
WHERE raw_sha256 = $digest AND line > (SELECT line FROM entry WHERE raw_sha256 = $digest ORDER BY line LIMIT 1 OFFSET $maximum_rows - 1)
