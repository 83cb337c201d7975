-- Step 11. Who gets a packet: a registrar or network with at least one domain that it is told of, new or again.
CREATE TEMP TABLE recipient AS
SELECT DISTINCT scope, recipient FROM item WHERE state IN ('new', 'repeat')
