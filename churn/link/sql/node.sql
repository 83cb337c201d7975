-- Step 5. The domains that hang on something, by number from 0 on, in the order of their ids.
SELECT
    hanging.id,
    CAST(row_number() OVER (ORDER BY hanging.id) - 1 AS INTEGER) AS place,
    reported.id IS NOT NULL AS reported
FROM (SELECT DISTINCT id FROM joint_member) AS hanging
LEFT JOIN (SELECT DISTINCT id FROM trait WHERE reported) AS reported ON reported.id = hanging.id
