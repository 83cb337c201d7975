-- Step 6. Attach: a domain in no cluster joins the one that holds at least 4 and two thirds of one of its values, over the
-- window and among the domains that came on the same day. (Of a hub's name servers one campaign may be most of a day, and
-- not of the window; of a shared address it may be most of the window, and the tenants of other days are not its own.)
-- Attaching never merges clusters: the strongest hold decides. Names and /24 prefixes are too common to attach by.
SELECT
    holder.id,
    holder.component,
    holder.code,
    CAST(held_value.of_window AS DOUBLE) / held_value.domains AS share,
    held_value.of_window AS inside
FROM holder
INNER JOIN held_on_day
    ON held_on_day.code = holder.code AND held_on_day.component = holder.component AND held_on_day.day = holder.day
INNER JOIN held_value ON held_value.code = holder.code AND held_value.component = holder.component
LEFT JOIN core_member ON core_member.id = holder.id
WHERE core_member.id IS NULL
