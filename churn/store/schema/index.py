"""The index of the published copy: numbers by which a domain or a value is found."""

from __future__ import annotations

from churn.store.schema.columns import KEY, TEXT, YES_NO, Column, Kind, Table, day_column, domain_column

KEYED_FIELDS = (
    *("registrant_email", "registrant_phone", "registrant_org", "created_minute"),
    *("name_servers", "address", "prefix", "mail_exchangers", "soa_mailbox", "certificate_key"),
    *("skeleton", "template", "stem", "word", "series", "batch"),
)
"""Fields of evidence of which a published copy has numbers; the day of arrival, which is left out, is a partition."""

INDEX = (
    Table(
        "domain_day",
        Kind.INDEX,
        "The days on which there is a fact of a domain, in the order of their keys.",
        ("day", "domain"),
        (
            day_column("UTC day of the facts"),
            Column("domain_key", KEY, "key_of(domain), a 64-bit number", required=True),
            domain_column(),
            Column("registered", YES_NO, "a feed of registered names had it on that day", required=True),
            Column("reported", YES_NO, "a feed of reported names had it on that day", required=True),
            Column("dropped", YES_NO, "a feed of dropped names had it on that day", required=True),
        ),
    ),
    Table(
        "value_key",
        Kind.INDEX,
        "What a fact shows that other domains may share, as the numbers key_of(value) of the values of `evidence`.",
        ("day", "fact", "domain_key"),
        (
            day_column("UTC day of the fact"),
            Column("fact", TEXT, "table of the fact", required=True),
            Column("domain_key", KEY, "key_of(domain)", required=True),
            *(Column(field, KEY, f"key_of of the value of {field}") for field in KEYED_FIELDS),
        ),
    ),
)
