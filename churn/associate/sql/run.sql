-- Step 4a. Runs: registrations of an account one after another with no gap over ten minutes (Interisle's rule for bulk
-- registration), of the accounts of reported domains; those runs that a reported domain is in.
CREATE OR REPLACE TEMP TABLE run AS
WITH timed AS (
    SELECT
        held.id,
        held.created_at,
        held.code AS account,
        coalesce(held.created_at - lag(held.created_at) OVER in_turn > INTERVAL 10 MINUTE, true) AS begins
    FROM held
    INNER JOIN wanted ON wanted.code = held.code AND wanted.field = 'account'
    INNER JOIN (SELECT id FROM book WHERE minute IS NOT NULL) AS to_the_minute ON to_the_minute.id = held.id
    WINDOW in_turn AS (PARTITION BY held.code ORDER BY held.created_at, held.id)
),
numbered AS (
    SELECT *, count(*) FILTER (begins) OVER (PARTITION BY account ORDER BY created_at, id) AS turn FROM timed
),
told AS (
    SELECT account, turn, min(created_at) AS first_at, max(created_at) AS last_at
    FROM numbered
    GROUP BY account, turn
    HAVING count(*) > 1 AND bool_or(id IN (SELECT id FROM seed))
)
SELECT
    numbered.id,
    numbered.created_at,
    (SELECT max(code) FROM wanted) + dense_rank() OVER (ORDER BY account, turn) AS code,
    strftime(told.first_at, '%Y-%m-%d %H:%M') || ' to ' || strftime(told.last_at, '%Y-%m-%d %H:%M') AS value
FROM numbered
INNER JOIN told USING (account, turn)
