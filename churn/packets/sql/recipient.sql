-- Step 8. Who gets a packet: a registrar with at least one domain that it is told of, new or again.
CREATE TEMP TABLE recipient AS
SELECT DISTINCT recipient FROM item WHERE state IN ('new', 'repeat')
