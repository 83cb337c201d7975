-- What is asked today. `kind` says what was counted, `cluster_id` of whom; where nobody was tested, `scope` says of what.
-- `observed` is today's count, `expected` its expectation, `dispersion` the size of the negative binomial (variance =
-- mean + mean^2 / size; null: Poisson). `phrase` is how the story names a scope, where the scope does not speak for itself.
CREATE TABLE question (
    question_id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    cluster_id VARCHAR,
    scope VARCHAR,
    observed BIGINT NOT NULL,
    expected DOUBLE NOT NULL,
    dispersion DOUBLE,
    phrase VARCHAR
)
