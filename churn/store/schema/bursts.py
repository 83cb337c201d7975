"""What is derived of a day's clusters: bursts, siblings, and what the verdicts say of them."""

from __future__ import annotations

from churn.store.schema.columns import BIG, INSTANT, REAL, TEXT, YES_NO, Column, Kind, Table, day_column, domain_column

_HOW = Column(
    "how",
    TEXT,
    "cluster: decided of this one; successor: of one that most of it comes from; value: most of it have the value",
    required=True,
    values=("cluster", "successor", "value"),
)
_DECIDED = (
    Column("given_by", TEXT, "who decided", required=True),
    Column("given_at", INSTANT, "when", required=True),
    Column("note", TEXT, "why"),
)

BURSTS = (
    Table(
        "burst",
        Kind.DERIVED,
        "More than chance brings.",
        ("day", "burst_id"),
        (
            day_column("UTC day of the test"),
            Column("burst_id", TEXT, "identity", required=True),
            Column(
                "kind", TEXT, "question that was asked", required=True, values=("listing", "registration", "growth")
            ),
            Column("cluster_id", TEXT, "cluster that was tested"),
            Column(
                "scope",
                TEXT,
                "what was counted, where it is no cluster: registrar, TLD and batch, naming template, or naming habit",
            ),
            Column("observed", BIG, "count of the day", required=True),
            Column("expected", REAL, "its expectation", required=True),
            Column("p_value", REAL, "probability of so many or more by chance", required=True),
            Column("q_value", REAL, "Benjamini-Hochberg adjusted over all tests of the day", required=True),
            Column("window_start", INSTANT, "start of what was counted"),
            Column("window_end", INSTANT, "end of what was counted"),
            Column("reported_members", BIG, "of the burst's members, on a reported list by that day"),
            Column("story", TEXT, "one sentence"),
        ),
    ),
    Table(
        "burst_member",
        Kind.DERIVED,
        "A domain that a burst counted.",
        ("day", "burst_id", "domain"),
        (
            day_column("UTC day of the test"),
            Column("burst_id", TEXT, "burst", required=True),
            domain_column(),
        ),
    ),
    Table(
        "sibling",
        Kind.DERIVED,
        "Domains that nobody reported yet and that belong, most probably, to those who were reported or confirmed.",
        ("day", "cluster_id", "domain"),
        (
            day_column("UTC day of the estimate"),
            Column("cluster_id", TEXT, "cluster with reported members, or that an analyst confirmed", required=True),
            domain_column(),
            Column("probability", REAL, "that it is the same operator's, 0 to 1", required=True),
            Column(
                "basis",
                TEXT,
                "why: a member of the cluster, a name in its habit, a spelling variant of a reported member's name",
                required=True,
                values=("member", "habit", "variant"),
            ),
            Column("confirmed", YES_NO, "an analyst confirmed the cluster: these come first"),
        ),
    ),
    Table(
        "judgement",
        Kind.DERIVED,
        "What the verdicts that stand say of a cluster of the day.",
        ("day", "cluster_id"),
        (
            day_column("UTC day of the linking"),
            Column("cluster_id", TEXT, "cluster", required=True),
            Column("verdict", TEXT, "what was decided", required=True, values=("confirmed", "benign", "watch")),
            Column("subject", TEXT, "what it was decided of: a cluster id, or field=value", required=True),
            _HOW,
            *_DECIDED,
        ),
    ),
    Table(
        "spared",
        Kind.DERIVED,
        "What would have been a burst, and is none since an analyst called it, or its like, benign.",
        ("day", "burst_id"),
        (
            day_column("UTC day of the test"),
            Column("burst_id", TEXT, "identity that the burst would have had", required=True),
            Column(
                "kind", TEXT, "question that was asked", required=True, values=("listing", "registration", "growth")
            ),
            Column("cluster_id", TEXT, "cluster that was tested"),
            Column("scope", TEXT, "what was counted, where it is no cluster (as in burst)"),
            Column("observed", BIG, "count of the day", required=True),
            Column("expected", REAL, "its expectation", required=True),
            Column("p_value", REAL, "probability of so many or more by chance", required=True),
            Column("q_value", REAL, "Benjamini-Hochberg adjusted over all tests of the day", required=True),
            Column("reported_members", BIG, "of the domains that were counted, on a reported list by that day"),
            Column("story", TEXT, "one sentence"),
            Column("subject", TEXT, "what was called benign: a cluster id, or field=value", required=True),
            _HOW,
            *_DECIDED,
        ),
    ),
    Table(
        "watched",
        Kind.DERIVED,
        "What came on a day of what an analyst watches.",
        ("day", "subject", "kind", "domain", "cluster_id"),
        (
            day_column("UTC day on which it came"),
            Column("subject", TEXT, "what is watched: a cluster id, or field=value", required=True),
            Column(
                "kind",
                TEXT,
                "joined: a new member; hop: of a cluster that hopped from it; variant: a name of the day that is"
                " nearly a member's; value: it shows the value for the first time",
                required=True,
                values=("joined", "hop", "variant", "value"),
            ),
            domain_column(),
            Column("cluster_id", TEXT, "cluster that it joined, that hopped, or whose member's name it is nearly"),
            Column("related", TEXT, "of a hop the cluster that it comes from; of a variant the member's name"),
            Column("reported", YES_NO, "on a reported list by that day"),
        ),
    ),
)
