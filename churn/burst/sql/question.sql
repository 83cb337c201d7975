-- What is asked today. `kind` says what was counted, `cluster_id` of whom; where nobody was tested, `scope` says of what.
-- `observed` is today's count, `expected` its expectation, `dispersion` the size of the negative binomial (variance =
-- mean + mean^2 / size; null: Poisson). `p_value` is for a source that knows its tail better than these say; null: by them.
-- `source` says who asks: all questions of one kind and source share a part of the
-- day's error. `phrase` is how the story calls the names that were counted, with {} for the scope; without one it speaks of
-- the cluster.
CREATE TABLE question (
    question_id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    cluster_id VARCHAR,
    scope VARCHAR,
    source VARCHAR DEFAULT 'other',
    observed BIGINT NOT NULL,
    expected DOUBLE NOT NULL,
    dispersion DOUBLE,
    p_value DOUBLE,
    phrase VARCHAR
)
