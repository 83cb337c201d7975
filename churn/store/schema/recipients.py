"""What is derived of whom to tell, and of what came of telling."""

from __future__ import annotations

from churn.store.schema.columns import BIG, INSTANT, REAL, TEXT, TEXTS, Column, Kind, Table, day_column, domain_column

RECIPIENTS = (
    Table(
        "contact",
        Kind.DERIVED,
        "Where abuse reports for a registrar or network go.",
        ("scope", "key"),
        (
            day_column("UTC day of the resolution"),
            Column("scope", TEXT, "kind of recipient", required=True, values=("registrar", "network")),
            Column("key", TEXT, "IANA id; AS64500, with a mark of the desk where it has several", required=True),
            Column("email", TEXTS, "abuse addresses, most frequently observed first"),
            Column("phone", TEXTS, "telephone numbers"),
            Column("url", TEXT, "web form"),
            Column("source", TEXT, "where it stood", required=True),
            Column("observed_at", INSTANT, "newest observation"),
            Column("confidence", REAL, "share of this recipient's observations that agree, 0 to 1"),
        ),
    ),
    Table(
        "comeback",
        Kind.DERIVED,
        "A domain that was told of came back: itself, or as a name that arrived on the day.",
        ("domain", "came_back_as"),
        (
            day_column("UTC day of the arrival"),
            domain_column("domain that was told of"),
            Column(
                "came_back_as", TEXT, "domain that it came back as; itself, where it was registered or active again"
            ),
            Column(
                "relation",
                TEXT,
                "how the names correspond; same_label: under another suffix; look_alike: mistaken for it; one_edit: a "
                "character put in, left out, replaced or swapped",
                required=True,
                values=("itself", "same_label", "look_alike", "one_edit"),
            ),
            Column("seen_at", INSTANT, "when it was seen first"),
            Column("cluster_id", TEXT, "cluster of the name that arrived"),
            Column(
                "tied",
                TEXT,
                "what ties the two beside their names; null: nothing that is known, so it may be chance",
                values=("same_cluster", "hop"),
            ),
        ),
    ),
    Table(
        "scoreboard",
        Kind.DERIVED,
        "What each recipient was told up to the day, and what became of it.",
        ("scope", "key"),
        (
            day_column("UTC day as of which it stands"),
            Column("scope", TEXT, "kind of recipient", required=True, values=("registrar", "network")),
            Column("key", TEXT, "IANA id or AS number of the recipient; all: every one of that kind", required=True),
            Column("name", TEXT, "recipient's name"),
            Column("told", BIG, "domains that it was told of", required=True),
            Column("checked", BIG, "of those, checked since", required=True),
            Column("acted", BIG, "of those, that were seen settled, by whomever", required=True),
            Column("by_registrar", BIG, "of those, by the registrar: clientHold"),
            Column("by_registry", BIG, "by the registry: serverHold"),
            Column("by_hoster", BIG, "by the hoster: address gone or in another network, delegation standing"),
            Column("by_registrant", BIG, "by the registrant: other name servers, other registrar"),
            Column("by_deleted", BIG, "deleted, by whomever"),
            Column("by_unknown", BIG, "not delegated, by whomever"),
            Column("acted_itself", BIG, "by this recipient, as far as marks tell"),
            Column("active", BIG, "active at their last check"),
            Column("median_days", REAL, "median days from the telling to the end, by Kaplan-Meier; null: not half"),
            Column("median_days_low", REAL, "lower limit of that median at 95 %"),
            Column("median_days_high", REAL, "upper limit; null: beyond what was watched"),
            Column("back_elsewhere", BIG, "domains that came back under another name"),
            Column("back_itself", BIG, "domains that were registered or active again"),
        ),
    ),
)
