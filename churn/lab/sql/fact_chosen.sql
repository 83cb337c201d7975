-- Whose registration is looked up on a day, and why: all reported names, a sample by hash, names that share an address or a
-- set of name servers with reported names (of the value's domains so far, the greater the reported share the sooner), the
-- rest by hash.
CREATE OR REPLACE TABLE fact_chosen AS
WITH seen AS (
    SELECT ns, a, reported BETWEEN 0 AND $number AS is_reported
    FROM world_name
    WHERE rcode = 0 AND (day BETWEEN 0 AND $number OR reported BETWEEN 0 AND $number)
),
address_share AS (
    SELECT a, avg(is_reported::INT) AS share FROM seen GROUP BY a HAVING bool_or(is_reported) AND share >= 0.01
),
name_server_share AS (
    SELECT ns, avg(is_reported::INT) AS share FROM seen GROUP BY ns HAVING bool_or(is_reported) AND share >= 0.01
),
drawn AS (
    SELECT
        fact_name.row,
        fact_name.is_reported,
        md5_number_lower($day::VARCHAR || fact_name.domain) AS draw,
        CASE WHEN rcode = 0 THEN greatest(address_share.share, name_server_share.share) END AS share,
        row_number() OVER (PARTITION BY fact_name.is_reported ORDER BY draw, domain) AS place
    FROM fact_name
    LEFT JOIN address_share USING (a)
    LEFT JOIN name_server_share USING (ns)
),
reasoned AS (
    SELECT
        *,
        CASE
            WHEN is_reported THEN 1
            WHEN place <= $sample_share * coalesce(CAST($budget AS BIGINT), 0) THEN 2
            WHEN share > 0 THEN 3
            ELSE 4
        END AS reason
    FROM drawn
)
SELECT fact_name.*, reason, row_number() OVER (ORDER BY reason, if(reason = 3, share, 0) DESC, draw, domain) AS rank
FROM reasoned
INNER JOIN fact_name USING (row)
QUALIFY CAST($budget AS BIGINT) IS NULL OR rank <= CAST($budget AS BIGINT)
