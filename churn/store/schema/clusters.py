"""What is derived of facts up to the clusters of a day: planned look-ups, forms of names, clusters and why they are."""

from __future__ import annotations

from churn.store.schema.columns import (
    BIG,
    DAY,
    INSTANT,
    REAL,
    TEXT,
    TEXTS,
    YES_NO,
    Column,
    Kind,
    Table,
    day_column,
    domain_column,
)

CLUSTERS = (
    Table(
        "lookup_plan",
        Kind.DERIVED,
        "Which look-ups were worth their budget on a day, and why.",
        ("day", "kind", "rank"),
        (
            day_column("UTC day that was planned"),
            domain_column(),
            Column("kind", TEXT, "what is asked", required=True, values=("registration", "certificate", "dns")),
            Column("rank", BIG, "place in the order of the day and kind, from 1", required=True),
            Column(
                "reason",
                TEXT,
                "why this look-up",
                required=True,
                values=("reported", "shares_with_reported", "shares_with_burst", "recheck", "sample", "rest"),
            ),
            Column("field", TEXT, "trait of the reason, where it shares one"),
            Column("value", TEXT, "its value"),
            Column("domains", BIG, "domains of the window that have it"),
            Column("chosen", YES_NO, "within the budget", required=True),
        ),
    ),
    Table(
        "shared_value",
        Kind.DERIVED,
        "A value that links, and how many domains of the window have it.",
        ("day", "field", "value"),
        (
            day_column("UTC day of the linking"),
            Column("family", TEXT, "independent family of the field", required=True),
            Column("field", TEXT, "trait", required=True),
            Column("value", TEXT, "its value", required=True),
            Column("domains", BIG, "domains in the window that have it", required=True),
            Column("weight", REAL, "surprise of sharing it, ln(N / domains)"),
        ),
    ),
    Table(
        "name_form",
        Kind.DERIVED,
        "What the name of a domain looks like: its forms, by which names are alike.",
        ("domain", "day"),
        (
            domain_column(),
            Column("label", TEXT, "the registrable label, without the public suffix"),
            Column(
                "template", TEXT, "how it is built: words, letters, digits and hyphens by their lengths, and the suffix"
            ),
            Column(
                "shape", TEXT, "each letter an a, each digit a 9, hyphens kept; null where it is one run of letters"
            ),
            Column("stem", TEXT, "the label without a counter at its end; null where it is short"),
            Column("skeleton", TEXT, "the label with characters that are mistaken for each other folded into one"),
            Column("words", TEXTS, "words of the label of four letters and more, in their order"),
            day_column("UTC day of the sightings that it was made of"),
        ),
    ),
    Table(
        "cluster_day",
        Kind.DERIVED,
        "A cluster as it stood on a day.",
        ("day", "cluster_id"),
        (
            day_column("UTC day of the linking"),
            Column("cluster_id", TEXT, "identity, stable over days", required=True),
            Column("size", BIG, "members", required=True),
            Column("new_members", BIG, "members that were not in it the day before"),
            Column("reported_members", BIG, "members on a reported list by that day"),
            Column("registrars", TEXTS, "registrars of members, most frequent first"),
            Column("tlds", TEXTS, "top-level domains of members, most frequent first"),
            Column("confidence", REAL, "median score of the members"),
            Column("name", TEXT, "short readable name"),
            Column("pattern", TEXT, "most frequent naming template"),
            Column("first_day", DAY, "first day of this identity"),
            Column("last_activity_day", DAY, "last day on which a member was registered or reported"),
        ),
    ),
    Table(
        "cluster_member",
        Kind.DERIVED,
        "A domain in a cluster on a day.",
        ("day", "cluster_id", "domain"),
        (
            day_column("UTC day of the linking"),
            Column("cluster_id", TEXT, "cluster", required=True),
            domain_column(),
            Column("role", TEXT, "how it got in", required=True, values=("core", "attached")),
            Column("score", REAL, "calibrated probability that it is of the operator who owns most of the cluster"),
            Column("reported", YES_NO, "on a reported list by that day"),
            Column("holds_without_strongest", YES_NO, "still a member without its strongest link"),
        ),
    ),
    Table(
        "link",
        Kind.DERIVED,
        "The ledger: why a domain is in its cluster.",
        ("day", "cluster_id", "domain", "field", "value"),
        (
            day_column("UTC day of the linking"),
            Column("cluster_id", TEXT, "cluster", required=True),
            domain_column(),
            Column("family", TEXT, "family of the trait", required=True),
            Column("field", TEXT, "trait", required=True),
            Column("value", TEXT, "shared value", required=True),
            Column("domains_with_value", BIG, "domains of the window that have it", required=True),
            Column("in_cluster", BIG, "of those, members of this cluster", required=True),
            Column("weight", REAL, "weight of the link"),
            Column("source", TEXT, "table that it was observed in"),
            Column("observed_at", INSTANT, "when it was observed for this domain"),
        ),
    ),
    Table(
        "lineage",
        Kind.DERIVED,
        "How today's clusters come from earlier ones.",
        ("day", "cluster_id", "related_id", "relation"),
        (
            day_column("UTC day of the linking"),
            Column("cluster_id", TEXT, "cluster of the day", required=True),
            Column("related_id", TEXT, "earlier cluster that it comes from; itself, where it goes on", required=True),
            Column(
                "relation",
                TEXT,
                "continues: it stood on the last linked day; revives: it did not, or has new members after more than"
                " 7 quiet days; merges: took up one that is no more; splits: parted from one that goes on; hops: no"
                " domain in common, but names or owners",
                required=True,
                values=("continues", "merges", "splits", "revives", "hops"),
            ),
            Column(
                "shared_domains",
                BIG,
                "domains in both; of a hop, names that correspond or domains that have the owners' values",
            ),
            Column("by_verdict", YES_NO, "an analyst merged or split them"),
        ),
    ),
    Table(
        "arrival",
        Kind.DERIVED,
        "Arrivals of a day under way, placed in the clusters that stand; the day's linking supersedes it.",
        ("cluster_id", "domain"),
        (
            day_column("UTC day of the arrival"),
            Column("cluster_id", TEXT, "cluster that stands, or id that a new one would get", required=True),
            domain_column(),
            Column("role", TEXT, "how it is tied to it", required=True, values=("core", "attached")),
            Column("standing", YES_NO, "whether the cluster stood before", required=True),
            Column("reported", YES_NO, "whether it is on a reported list today", required=True),
        ),
    ),
)
