"""The ledger: what was told, decided, exported and found out since; nothing in it is ever changed."""

from __future__ import annotations

from churn.store.schema.columns import BIG, DAY, INSTANT, TEXT, TEXTS, Column, Kind, Table, day_column, domain_column

VERDICT = (
    Column("subject", TEXT, "cluster id, or field=value", required=True),
    Column(
        "verdict",
        TEXT,
        "decision; merge: it and `other` are one cluster; split: `domains` are a cluster of their own; withdrawn: what"
        " was decided of it before holds no more, or of that the merge with `other` or the split of `domains` only",
        required=True,
        values=("confirmed", "benign", "watch", "merge", "split", "withdrawn"),
    ),
    Column("other", TEXT, "of a merge the other cluster's id"),
    Column("domains", TEXTS, "of a split the domains that are a cluster of their own, sorted"),
    Column("given_by", TEXT, "who", required=True),
    Column("given_at", INSTANT, "when", required=True),
    Column("note", TEXT, "why"),
    day_column("UTC day from which on it counts: that of the decision"),
)

LEDGER = (
    Table(
        "packet",
        Kind.LEDGER,
        "A packet written for a recipient.",
        ("packet_id",),
        (
            day_column("UTC day that it speaks of"),
            Column("packet_id", TEXT, "identity", required=True),
            Column("scope", TEXT, "kind of recipient", required=True, values=("registrar", "network")),
            Column("key", TEXT, "the recipient's, as in contact", required=True),
            Column("recipient", TEXT, "recipient's name"),
            Column("written_at", INSTANT, "when", required=True),
            Column("path", TEXT, "folder below packets/"),
            Column("new_items", BIG, "domains told for the first time"),
            Column("repeat_items", BIG, "domains told again"),
            Column("resolved_items", BIG, "domains told before and settled since"),
            Column("previous_packet_id", TEXT, "the packet before"),
        ),
    ),
    Table(
        "packet_item",
        Kind.LEDGER,
        "A domain in a packet.",
        ("packet_id", "domain"),
        (
            day_column("UTC day that it speaks of"),
            Column("packet_id", TEXT, "packet", required=True),
            domain_column(),
            Column(
                "state",
                TEXT,
                "what the packet says of it",
                required=True,
                values=("new", "repeat", "resolved", "not_alleged"),
            ),
            Column("cluster_id", TEXT, "cluster"),
            Column("first_told_day", DAY, "day of the first packet that told it"),
        ),
    ),
    Table(
        "verdict",
        Kind.LEDGER,
        "What an analyst decided.",
        ("subject", "given_at"),
        VERDICT,
    ),
    Table(
        "export",
        Kind.LEDGER,
        "What was exported for other platforms, by whom and to whom.",
        ("export_id",),
        (
            Column("export_id", TEXT, "identity", required=True),
            Column("exported_at", INSTANT, "when", required=True),
            Column("exported_by", TEXT, "who: the login name, or the name that was given", required=True),
            Column("exported_day", DAY, "UTC day whose clusters were exported", required=True),
            Column("recipients", TEXTS, "to whom, each encrypted to their key; empty: plain files to a local folder"),
            Column("formats", TEXTS, "stix, misp, csv"),
            Column("clusters", TEXTS, "clusters that were exported"),
            Column("tlp", TEXT, "marking (TLP 2.0)", required=True),
            Column("folder", TEXT, "where the files were written"),
            Column("files", TEXTS, "their paths below it"),
            Column("files_sha256", TEXTS, "their digests, in the same order"),
            Column("note", TEXT, "why"),
            day_column("UTC day of the deed"),
        ),
    ),
    Table(
        "outcome",
        Kind.LEDGER,
        "What became of a domain that a recipient was told of, a row a check that brought an answer.",
        ("domain", "scope", "key", "observed_at"),
        (
            domain_column(),
            Column("scope", TEXT, "kind of the recipient who was told", values=("registrar", "network")),
            Column("key", TEXT, "IANA id or AS number of that recipient"),
            Column("packet_id", TEXT, "packet that told it"),
            Column("told_at", INSTANT, "when it was told: first, or again after it had been settled"),
            Column(
                "active_at",
                INSTANT,
                "when it was last seen active before: at a check, or by what the telling rested on",
            ),
            Column("observed_at", INSTANT, "newest answer that this rests on", required=True),
            Column(
                "state",
                TEXT,
                "what was found; not_hosted: delegated, without an address; moved_network, moved_delegation, "
                "transferred: to another network, other name servers, another registrar",
                values=(
                    "active",
                    "client_hold",
                    "server_hold",
                    "deleted",
                    "re_registered",
                    "not_delegated",
                    "not_hosted",
                    "moved_network",
                    "moved_delegation",
                    "transferred",
                ),
            ),
            Column(
                "actor",
                TEXT,
                "who brought it about, by the marks that they leave; null where several can have",
                values=("registrar", "registry", "hoster", "registrant", "deleted", "nobody"),
            ),
            day_column("UTC day of the re-check"),
        ),
    ),
)
