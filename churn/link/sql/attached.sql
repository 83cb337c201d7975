-- Step 6. Attach: a domain in no cluster joins the one that holds, of the domains that came on the same day with one of
-- its values, at least 4 and two thirds. Attaching never merges clusters: the strongest hold decides.
CREATE TABLE attached AS
WITH held AS (
    SELECT holding.value_id, window_domain.first_day, core_member.component, count(*) AS inside
    FROM holding
    INNER JOIN core_member USING (id)
    INNER JOIN window_domain USING (id)
    GROUP BY holding.value_id, window_domain.first_day, core_member.component
    HAVING count(*) >= 4
),
arrived AS (
    SELECT holding.value_id, window_domain.first_day, count(*) AS domains
    FROM holding
    INNER JOIN window_domain USING (id)
    WHERE holding.value_id IN (SELECT value_id FROM held)
    GROUP BY holding.value_id, window_domain.first_day
)
SELECT holding.id, held.component, holding.value_id, held.inside::DOUBLE / arrived.domains AS share, held.inside
FROM holding
ANTI JOIN core_member ON core_member.id = holding.id
INNER JOIN window_domain ON window_domain.id = holding.id
INNER JOIN candidate_value ON candidate_value.value_id = holding.value_id
INNER JOIN held ON held.value_id = holding.value_id AND held.first_day = window_domain.first_day
INNER JOIN arrived ON arrived.value_id = held.value_id AND arrived.first_day = held.first_day
WHERE candidate_value.family NOT IN ('name', 'arrival') AND candidate_value.field <> 'prefix' AND held.inside * 3 >= arrived.domains * 2
