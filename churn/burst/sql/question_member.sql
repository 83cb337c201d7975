-- The domains that a question counted. Of questions below `burst_least` they may be left out.
CREATE TABLE question_member (question_id VARCHAR NOT NULL, domain VARCHAR NOT NULL)
