-- The counts of the late days that could have been bursts, with the exposure of their day.
SELECT key, observed, exposure
FROM key_cell
INNER JOIN exposed USING (day)
WHERE source = $source AND is_late AND observed >= $least
ORDER BY key, observed, exposure
