-- Questions that were asked too, and whose counts are too small to be a burst: how many of each kind and source. They count in
-- the false-discovery rate; rows of their own they need none.
CREATE TABLE quiet (kind VARCHAR NOT NULL, source VARCHAR NOT NULL, questions BIGINT NOT NULL)
