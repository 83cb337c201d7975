-- Step 7d. Each value that holds a member, and when it was last seen for it.
SELECT
    tie.id,
    tie.code,
    tie.weight,
    CASE field.observed_at
        WHEN 'registration_at' THEN CAST(trait.registration_at AS TIMESTAMP)
        WHEN 'hosting_at' THEN CAST(trait.hosting_at AS TIMESTAMP)
        WHEN 'certificate_at' THEN CAST(trait.certificate_at AS TIMESTAMP)
        WHEN 'registered_at' THEN CAST(trait.registered_at AS TIMESTAMP)
        WHEN 'reported_at' THEN CAST(trait.reported_at AS TIMESTAMP)
        ELSE CAST(trait.day AS TIMESTAMP)
    END AS observed_at
FROM tie
INNER JOIN tied_value ON tied_value.code = tie.code
INNER JOIN field ON field.field = tied_value.field
INNER JOIN trait ON trait.id = tie.id
LEFT JOIN again ON again.id = tie.id
WHERE again.id IS NULL
UNION ALL
SELECT tie.id, tie.code, tie.weight, again_value.observed_at
FROM tie
INNER JOIN tied_value ON tied_value.code = tie.code
INNER JOIN again_value ON again_value.id = tie.id AND again_value.field = tied_value.field AND again_value.value = tied_value.value
