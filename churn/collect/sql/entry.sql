-- The entries of a feed's lists of a day, as text. `kind` is null where it is the feed's own.
CREATE OR REPLACE TEMP TABLE entry (
    raw_sha256 VARCHAR,
    fetched_at TIMESTAMPTZ,
    line BIGINT,
    name_text VARCHAR,
    seen_text VARCHAR,
    reference VARCHAR,
    label VARCHAR,
    series VARCHAR,
    kind VARCHAR
)
