-- Step 7c. Whether a member stays without its strongest link: when it has lost that value, and everything else is as it was, it
-- is still tied to enough of its cluster's core, or another value attaches it to the cluster.
WITH tied_still AS (
    SELECT id FROM tied WHERE without_strongest >= $least
    UNION ALL
    SELECT id FROM tied_by_few
),
attached_still AS (
    SELECT id, component, row_number() OVER (PARTITION BY id ORDER BY max(share) DESC, max(inside) DESC, component) AS place
    FROM (
        SELECT
            holder.id,
            holder.component,
            CAST(held_value.of_window AS DOUBLE) / held_value.domains AS share,
            held_value.of_window AS inside
        FROM holder
        INNER JOIN strongest ON strongest.id = holder.id
        INNER JOIN held_on_day
            ON held_on_day.code = holder.code AND held_on_day.component = holder.component AND held_on_day.day = holder.day
        INNER JOIN held_value ON held_value.code = holder.code AND held_value.component = holder.component
        LEFT JOIN tied_still ON tied_still.id = holder.id
        WHERE holder.code <> strongest.code AND tied_still.id IS NULL
    ) AS attaching
    GROUP BY id, component
)
SELECT member.id, tied_still.id IS NOT NULL OR attached_still.id IS NOT NULL AS holds
FROM member
LEFT JOIN tied_still ON tied_still.id = member.id
LEFT JOIN attached_still
    ON attached_still.id = member.id AND attached_still.component = member.component AND attached_still.place = 1
