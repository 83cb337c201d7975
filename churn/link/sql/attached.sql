-- Step 6. Attach: a domain in no cluster joins the one that holds at least 4 and two thirds of one of its values, over the
-- window and among the domains that came on the same day. (Of a hub's name servers one campaign may be most of a day, and
-- not of the window; of a shared address it may be most of the window, and the tenants of other days are not its own.)
-- Attaching never merges clusters: the strongest hold decides. Names and /24 prefixes are too common to attach by.
WITH placed AS (
    SELECT holder.id, holder.day, holder.code, holder.component, core_member.component AS own
    FROM holder
    LEFT JOIN core_member ON core_member.id = holder.id
),
of_day AS (
    SELECT code, component, day
    FROM placed
    GROUP BY code, component, day
    HAVING sum(CASE WHEN own = component THEN 1 ELSE 0 END) >= 4
        AND sum(CASE WHEN own = component THEN 1 ELSE 0 END) * 3 >= count(*) * 2
)
SELECT
    placed.id,
    placed.component,
    placed.code,
    CAST(held_value.of_window AS DOUBLE) / held_value.domains AS share,
    held_value.of_window AS inside
FROM placed
INNER JOIN of_day ON of_day.code = placed.code AND of_day.component = placed.component AND of_day.day = placed.day
INNER JOIN held_value ON held_value.code = placed.code AND held_value.component = placed.component
WHERE placed.own IS NULL
