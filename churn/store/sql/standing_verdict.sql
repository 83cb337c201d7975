-- The verdicts that hold. Of those that judge their subject the newest does; merges and splits each for themselves, the newest of
-- equal ones. A withdrawal ends what was decided of the subject before it: where it names a cluster or domains the merge or
-- split with these only, else everything. No two have the same place in the order.
CREATE OR REPLACE VIEW standing_verdict AS
WITH given AS (
    SELECT
        *,
        verdict IN ('confirmed', 'benign', 'watch') AS judges,
        row_number() OVER (ORDER BY given_at, subject, given_by, verdict, other, domains, note) AS place
    FROM verdict
)
SELECT subject, verdict, other, domains, given_by, given_at, note, day, judges
FROM given
WHERE verdict <> 'withdrawn'
    AND NOT EXISTS (
        FROM given AS later
        WHERE later.subject = given.subject
            AND later.place > given.place
            AND (
                (later.judges AND given.judges)
                OR (later.verdict = 'withdrawn' AND later.other IS NULL AND later.domains IS NULL)
                OR (
                    later.verdict IN (given.verdict, 'withdrawn')
                    AND NOT given.judges
                    AND later.other IS NOT DISTINCT FROM given.other
                    AND later.domains IS NOT DISTINCT FROM given.domains
                )
            )
    )
