-- What a content holds besides its entries.
INSERT INTO tally VALUES ($names, $remark)
