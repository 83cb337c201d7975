-- Step 3. Joint rarity of two fields of independent families (`field_pair`): pairs of values that occur together more
-- than chance explains. With c(u), c(v) domains each, c together, N domains in which both could be seen, E = c(u) c(v) / N:
-- keep the pair when c ln(c/E) - (c - E) >= tau (Poisson deviance, in nats) and E/c <= rho, and at most `most` domains have one
-- of the two. Two domains that have two values in common are a coincidence: pairs of three tell. (Those of two are half of all
-- pairs at 3 million domains, and on a lake of 300,000 cost 1.6 points of pairwise precision for 0.04 of recall.)
WITH together AS (
    SELECT
        part,
        CAST((value - value % 4294967296) / 4294967296 AS INTEGER) AS u,
        CAST(value % 4294967296 AS INTEGER) AS v,
        times AS domains
    FROM occurring_pair
    WHERE value IS NOT NULL
),
expected AS (
    SELECT
        together.u,
        together.v,
        field_pair.u_field,
        field_pair.v_field,
        field_pair.rho,
        together.domains,
        value_u.domains AS u_domains,
        value_v.domains AS v_domains,
        value_u.field_domains AS u_field_domains,
        value_v.field_domains AS v_field_domains,
        CAST(value_u.domains AS DOUBLE) * value_v.domains / least(value_u.field_domains, value_v.field_domains) AS expected
    FROM together
    INNER JOIN field_pair ON field_pair.part = together.part
    INNER JOIN candidate_value AS value_u ON value_u.code = together.u
    INNER JOIN candidate_value AS value_v ON value_v.code = together.v
    WHERE least(value_u.domains, value_v.domains) <= field_pair.most
)
SELECT *
FROM expected
WHERE domains * ln(domains / expected) - (domains - expected) >= $tau AND expected / domains <= rho
