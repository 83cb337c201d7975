-- Of the names of each owner the newest $names, of the owners those with the most of them ($owners), without the smallest.
WITH newest AS (
    SELECT *
    FROM habit_owned
    QUALIFY row_number() OVER (PARTITION BY owner ORDER BY day DESC, domain) <= $names
),
chosen AS (
    SELECT owner, sum(0.5 ** (($day - day) / 20.0)) AS activity
    FROM newest
    GROUP BY owner
    HAVING count(*) >= $least
    ORDER BY activity DESC, owner
    LIMIT $owners
)
SELECT newest.domain, newest.day, newest.owner, newest.is_arrival
FROM newest
SEMI JOIN chosen USING (owner)
ORDER BY newest.domain, newest.owner
