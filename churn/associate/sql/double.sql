-- Domains that stand in several rows of the portfolio.
CREATE OR REPLACE TEMP TABLE double AS
SELECT domain
FROM named_row
WHERE reason IS NULL
GROUP BY domain
HAVING count(*) > 1
