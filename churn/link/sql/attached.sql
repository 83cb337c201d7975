-- Step 6. Attach: a domain in no cluster joins the one that holds at least 4 and two thirds of one of its values, over the
-- window and among the domains that came on the same day. (Of a hub's name servers one campaign may be most of a day, and
-- not of the window; of a shared address it may be most of the window, and the tenants of other days are not its own.)
-- Attaching never merges clusters: the strongest hold decides. Names and /24 prefixes are too common to attach by.
CREATE TABLE attached AS
WITH held AS (
    SELECT
        holding.value_id,
        core_member.component,
        window_domain.first_day,
        count(*) AS of_day,
        sum(count(*)) OVER (PARTITION BY holding.value_id, core_member.component) AS of_window
    FROM holding
    INNER JOIN core_member USING (id)
    INNER JOIN window_domain USING (id)
    GROUP BY holding.value_id, core_member.component, window_domain.first_day
),
arrived AS (
    SELECT holding.value_id, window_domain.first_day, count(*) AS domains
    FROM holding
    INNER JOIN window_domain USING (id)
    WHERE holding.value_id IN (SELECT value_id FROM held)
    GROUP BY holding.value_id, window_domain.first_day
)
SELECT holding.id, held.component, holding.value_id, held.of_window::DOUBLE / candidate_value.domains AS share, held.of_window AS inside
FROM holding
ANTI JOIN core_member ON core_member.id = holding.id
INNER JOIN window_domain ON window_domain.id = holding.id
INNER JOIN candidate_value ON candidate_value.value_id = holding.value_id
INNER JOIN held ON held.value_id = holding.value_id AND held.first_day = window_domain.first_day
INNER JOIN arrived ON arrived.value_id = held.value_id AND arrived.first_day = held.first_day
WHERE candidate_value.family NOT IN ('name', 'arrival')
    AND candidate_value.field <> 'prefix'
    AND held.of_day >= 4
    AND held.of_day * 3 >= arrived.domains * 2
    AND held.of_window * 3 >= candidate_value.domains * 2
