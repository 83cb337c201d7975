-- What was read that is neither an entry nor unread: names of a zone that were there before, and what to say of it.
CREATE OR REPLACE TEMP TABLE tally (names BIGINT, remark VARCHAR)
