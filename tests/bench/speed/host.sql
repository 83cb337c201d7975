-- The text of a host's number: `hubs.py` says what the ranges are.
CREATE MACRO host(number, domain) AS CASE
    WHEN number = -1 THEN domain
    WHEN number < 10000 THEN 'registrar' || number || '.netlab'
    WHEN number < 11000 THEN 'platform' || (number - 10000) || '.netlab'
    WHEN number < 100000 THEN 'ns.cloudhub.netlab'
    WHEN number < 10000000 THEN 'hoster' || (number - 100000) || '.netlab'
    ELSE 'machine' || (number - 10000000) || '.netlab'
END
