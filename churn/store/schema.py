"""The schema, as data, in one place: DDL, comments, Parquet types, checks and the data dictionary come from here.

What belongs here: table and column names, types, meanings, keys. What doesn't: SQL, I/O, anything about a stage.

Naming rules: the same quantity has the same name everywhere. Suffixes: `_at` a UTC instant, `_day` a UTC date,
`_hash` a keyed hash (HMAC-SHA256, hex), `_sha256` a plain digest (hex), `_ms` milliseconds, `_id` an identifier.
`domain` is the registrable name, `fqdn` the name as listed; both lower-case A-labels without a final dot.
A null is "not obtained"; an empty list is "observed, and there is none".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TEXT, TEXTS, INSTANT, DAY = "VARCHAR", "VARCHAR[]", "TIMESTAMPTZ", "DATE"
WHOLE, BIG, REAL, YES_NO, WHOLES = "INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "INTEGER[]"
KEY = "UBIGINT"


class Kind(StrEnum):
    """Where a table comes from and who may replace it."""

    FACT = "fact"
    """Observed; in the lake; a stage or an import replaces its own files of a day."""
    DERIVED = "derived"
    """Computed from facts; in the lake by day; its stage replaces a day whole."""
    LEDGER = "ledger"
    """Judgements and deeds of people; append-only, never overwritten."""
    INDEX = "index"
    """Made when the warehouse is published, of its facts: numbers by which a few rows are found among millions."""
    VIEW = "view"
    """Computed when the warehouse is published, by the query of the same name in `store/sql`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type` is a DuckDB type; `values`, where given, is the closed list of what it may hold."""

    name: str
    type: str
    comment: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: rows are written sorted by `key`, so that the same rows are the same bytes."""

    name: str
    kind: Kind
    comment: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns in their order."""
        return tuple(column.name for column in self.columns)


def _domain(comment: str = "registrable name, lower-case A-label") -> Column:
    return Column("domain", TEXT, comment, required=True)


def _day(comment: str = "UTC day that the row belongs to (the partition)") -> Column:
    return Column("day", DAY, comment, required=True)


KEYED_FIELDS = (
    *("registrant_email", "registrant_phone", "registrant_org", "created_minute"),
    *("name_servers", "address", "prefix", "mail_exchangers", "soa_mailbox", "certificate_key"),
    *("skeleton", "template", "stem", "word", "series", "batch"),
)
"""Fields of evidence of which a published copy has numbers; the day of arrival, which is left out, is a partition."""

_RAW = Column("raw_sha256", TEXT, "digest of the bytes in landing that the row was read from")

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

_FACTS = (
    Table(
        "sighting",
        Kind.FACT,
        "A domain was seen on a feed.",
        ("domain", "fqdn", "kind", "feed", "seen_at", "reference"),
        (
            _domain(),
            Column("fqdn", TEXT, "the name as listed", required=True),
            Column(
                "kind", TEXT, "what the feed says of it", required=True, values=("registered", "reported", "dropped")
            ),
            Column("feed", TEXT, "name of the feed", required=True),
            Column(
                "seen_at", INSTANT, "when the feed says that it was added; where it does not say, when it was fetched"
            ),
            Column("reference", TEXT, "the feed's own reference (ticket, event id)"),
            Column("label", TEXT, "the feed's own class, passed through and never assigned here"),
            Column("series_hash", TEXT, "keyed hash of the authority's opaque series tag"),
            _day(),
            _RAW,
        ),
    ),
    Table(
        "registration",
        Kind.FACT,
        "A registration record was obtained.",
        ("domain", "source", "endpoint", "observed_at"),
        (
            _domain(),
            Column("observed_at", INSTANT, "when the answer came", required=True),
            Column("source", TEXT, "protocol", required=True, values=("rdap", "whois", "import")),
            Column("endpoint", TEXT, "server that answered"),
            Column("handle", TEXT, "registry object id (ROID)"),
            Column("registrar", TEXT, "name of the sponsoring registrar as given"),
            Column("registrar_iana_id", WHOLE, "IANA id of the sponsoring registrar"),
            Column("created_at", INSTANT, "creation of the registration"),
            Column("updated_at", INSTANT, "last change as given"),
            Column("expires_at", INSTANT, "expiry as given by the registry"),
            Column("status", TEXTS, "EPP status names (RFC 8056)"),
            Column("nameservers", TEXTS, "name servers as registered, sorted"),
            Column("registrant_hash", TEXT, "keyed hash of the registrant's name"),
            Column("registrant_email_hash", TEXT, "keyed hash of the registrant's e-mail address"),
            Column("registrant_email_domain", TEXT, "domain of that address, where it is not a privacy service's"),
            Column("registrant_phone_hash", TEXT, "keyed hash of the registrant's phone number, digits only"),
            Column("registrant_org_hash", TEXT, "keyed hash of the registrant's organisation"),
            Column("registrant_country", TEXT, "ISO 3166-1 alpha-2 code as given"),
            Column("redacted", YES_NO, "the answer withholds registrant data (RFC 9537 or a privacy service)"),
            Column("reseller", TEXT, "reseller as given"),
            Column("dnssec", YES_NO, "the delegation is signed"),
            Column("abuse_email", TEXT, "registrar's abuse address as given for this domain"),
            Column("abuse_phone", TEXT, "registrar's abuse telephone as given for this domain"),
            Column("abuse_url", TEXT, "registrar's abuse form as given for this domain"),
            Column(
                "abuse_source",
                TEXT,
                "where the abuse contact stood",
                values=("registrar_rdap", "registry_rdap", "whois", "import"),
            ),
            _day(),
            _RAW,
        ),
    ),
    Table(
        "hosting",
        Kind.FACT,
        "DNS answers of a domain's apex, from one resolver at one time.",
        ("domain", "observed_at"),
        (
            _domain(),
            Column("observed_at", INSTANT, "when the answers came", required=True),
            Column("rcode", TEXT, "DNS response code name (RFC 1035, IANA DNS RCODEs)"),
            Column("a", TEXTS, "IPv4 addresses, sorted"),
            Column("aaaa", TEXTS, "IPv6 addresses, sorted"),
            Column("ns", TEXTS, "name servers, sorted"),
            Column("mx", TEXTS, "mail exchangers, sorted"),
            Column("soa_mname", TEXT, "primary server of the zone"),
            Column("soa_rname", TEXT, "mailbox of the zone"),
            Column("txt", TEXTS, "texts, each at most 500 characters, sorted"),
            Column("prefix", TEXTS, "announced prefixes of the addresses"),
            Column("asn", WHOLES, "origin AS numbers of the addresses"),
            Column("as_name", TEXTS, "names of those networks"),
            Column("country", TEXTS, "country codes of those networks"),
            Column("resolver", TEXT, "resolver that answered"),
            _day(),
        ),
    ),
    Table(
        "certificate",
        Kind.FACT,
        "A certificate that names the domain was seen.",
        ("domain", "source", "issuer", "serial", "sha256"),
        (
            _domain(),
            Column("observed_at", INSTANT, "when it was seen", required=True),
            Column("source", TEXT, "where", required=True, values=("ct", "tls", "import")),
            Column(
                "sha256", TEXT, "digest of the certificate (DER); null where a look-up tells its serial number alone"
            ),
            Column("spki_sha256", TEXT, "digest of its SubjectPublicKeyInfo (RFC 7469)"),
            Column("issuer", TEXT, "issuer's distinguished name (RFC 4514)"),
            Column("serial", TEXT, "serial number, hex"),
            Column("not_before", INSTANT, "start of validity"),
            Column("not_after", INSTANT, "end of validity"),
            Column("names", TEXTS, "DNS names in subjectAltName, at most 100"),
            Column("ct_log", TEXT, "log that holds it"),
            Column("ct_index", BIG, "its index there"),
            _day(),
        ),
    ),
    Table(
        "network",
        Kind.FACT,
        "Whose an IP network is, and where its abuse desk is.",
        ("prefix", "asn", "source", "observed_at"),
        (
            Column("prefix", TEXT, "prefix as announced or as registered (CIDR)", required=True),
            Column("observed_at", INSTANT, "when the answer came, or the date of the table", required=True),
            Column("source", TEXT, "where", required=True, values=("cymru", "table", "rdap", "import")),
            Column("endpoint", TEXT, "zone, file or server that answered"),
            Column("asn", WHOLE, "origin AS number"),
            Column("name", TEXT, "name of the network or its holder as given"),
            Column("country", TEXT, "ISO 3166-1 alpha-2 code as given"),
            Column("registry", TEXT, "regional Internet registry"),
            Column("handle", TEXT, "registry's own name of the object"),
            Column("abuse_email", TEXT, "the network's abuse address as given for this network"),
            Column("abuse_phone", TEXT, "the network's abuse telephone as given for this network"),
            Column("abuse_url", TEXT, "the network's abuse form as given for this network"),
            _day(),
            _RAW,
        ),
    ),
    Table(
        "lookup",
        Kind.FACT,
        "One try at one look-up; a failure is a row too.",
        ("domain", "kind", "endpoint", "attempt"),
        (
            _domain(),
            Column(
                "kind", TEXT, "what was asked", required=True, values=("rdap", "whois", "dns", "tls", "ct", "network")
            ),
            Column("endpoint", TEXT, "server that was asked"),
            Column("attempted_at", INSTANT, "when", required=True),
            Column("outcome", TEXT, "how it ended (churn.outcomes)", required=True),
            Column("detail", TEXT, "a bounded word of explanation"),
            Column("elapsed_ms", REAL, "time to the outcome"),
            Column("attempt", WHOLE, "number of the try, from 1", required=True),
            Column("raw_sha256", TEXT, "digest of the answer's bytes"),
            _day(),
        ),
    ),
    Table(
        "reject",
        Kind.FACT,
        "A row from outside that was put aside.",
        ("feed_or_table", "line", "reason", "excerpt"),
        (
            Column("feed_or_table", TEXT, "feed or table that it was meant for", required=True),
            _day(),
            Column("line", BIG, "line or row number in the input, from 1"),
            Column("reason", TEXT, "why, in words", required=True),
            Column("excerpt", TEXT, "the start of it, printable, at most 200 characters"),
        ),
    ),
    Table(
        "feed_day",
        Kind.FACT,
        "What a feed delivered on a day, and whether it may be believed.",
        ("feed", "day"),
        (
            Column("feed", TEXT, "name of the feed", required=True),
            _day(),
            Column("kind", TEXT, "what the feed publishes", values=("registered", "reported", "dropped")),
            Column("rows", BIG, "names on it, or changes in its zones"),
            Column("new_rows", BIG, "of those, names that it had on no earlier day"),
            Column("fetched_at", INSTANT, "when it was fetched"),
            Column("freshness_hours", REAL, "age of its newest entry at the end of the day"),
            Column("gate", TEXT, "verdict", required=True, values=("ok", "stale", "shrunken", "repeated", "missing")),
            Column("detail", TEXT, "why, in words"),
            Column("backlog", YES_NO, "first day of a list that is served whole: its names may be old news"),
        ),
    ),
)

_DERIVED = (
    Table(
        "lookup_plan",
        Kind.DERIVED,
        "Which look-ups were worth their budget on a day, and why.",
        ("day", "kind", "rank"),
        (
            _day("UTC day that was planned"),
            _domain(),
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
            _day("UTC day of the linking"),
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
            _domain(),
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
            _day("UTC day of the sightings that it was made of"),
        ),
    ),
    Table(
        "cluster_day",
        Kind.DERIVED,
        "A cluster as it stood on a day.",
        ("day", "cluster_id"),
        (
            _day("UTC day of the linking"),
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
            _day("UTC day of the linking"),
            Column("cluster_id", TEXT, "cluster", required=True),
            _domain(),
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
            _day("UTC day of the linking"),
            Column("cluster_id", TEXT, "cluster", required=True),
            _domain(),
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
            _day("UTC day of the linking"),
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
        "burst",
        Kind.DERIVED,
        "More than chance brings.",
        ("day", "burst_id"),
        (
            _day("UTC day of the test"),
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
            _day("UTC day of the test"),
            Column("burst_id", TEXT, "burst", required=True),
            _domain(),
        ),
    ),
    Table(
        "sibling",
        Kind.DERIVED,
        "Domains that nobody reported yet and that belong, most probably, to those who were reported or confirmed.",
        ("day", "cluster_id", "domain"),
        (
            _day("UTC day of the estimate"),
            Column("cluster_id", TEXT, "cluster with reported members, or that an analyst confirmed", required=True),
            _domain(),
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
            _day("UTC day of the linking"),
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
            _day("UTC day of the test"),
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
            _day("UTC day on which it came"),
            Column("subject", TEXT, "what is watched: a cluster id, or field=value", required=True),
            Column(
                "kind",
                TEXT,
                "joined: a new member; hop: of a cluster that hopped from it; variant: a name of the day that is"
                " nearly a member's; value: it shows the value for the first time",
                required=True,
                values=("joined", "hop", "variant", "value"),
            ),
            _domain(),
            Column("cluster_id", TEXT, "cluster that it joined, that hopped, or whose member's name it is nearly"),
            Column("related", TEXT, "of a hop the cluster that it comes from; of a variant the member's name"),
            Column("reported", YES_NO, "on a reported list by that day"),
        ),
    ),
    Table(
        "arrival",
        Kind.DERIVED,
        "Arrivals of a day under way, placed in the clusters that stand; the day's linking supersedes it.",
        ("cluster_id", "domain"),
        (
            _day("UTC day of the arrival"),
            Column("cluster_id", TEXT, "cluster that stands, or id that a new one would get", required=True),
            _domain(),
            Column("role", TEXT, "how it is tied to it", required=True, values=("core", "attached")),
            Column("standing", YES_NO, "whether the cluster stood before", required=True),
            Column("reported", YES_NO, "whether it is on a reported list today", required=True),
        ),
    ),
    Table(
        "contact",
        Kind.DERIVED,
        "Where abuse reports for a registrar or network go.",
        ("scope", "key"),
        (
            _day("UTC day of the resolution"),
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
            _day("UTC day of the arrival"),
            _domain("domain that was told of"),
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
            _day("UTC day as of which it stands"),
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

_VERDICT = (
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
    _day("UTC day from which on it counts: that of the decision"),
)

_LEDGER = (
    Table(
        "packet",
        Kind.LEDGER,
        "A packet written for a recipient.",
        ("packet_id",),
        (
            _day("UTC day that it speaks of"),
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
            _day("UTC day that it speaks of"),
            Column("packet_id", TEXT, "packet", required=True),
            _domain(),
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
        (*_VERDICT,),
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
            _day("UTC day of the deed"),
        ),
    ),
    Table(
        "outcome",
        Kind.LEDGER,
        "What became of a domain that a recipient was told of, a row a check that brought an answer.",
        ("domain", "scope", "key", "observed_at"),
        (
            _domain(),
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
            _day("UTC day of the re-check"),
        ),
    ),
)

_INDEX = (
    Table(
        "domain_day",
        Kind.INDEX,
        "The days on which there is a fact of a domain, in the order of their keys.",
        ("day", "domain"),
        (
            _day("UTC day of the facts"),
            Column("domain_key", KEY, "key_of(domain), a 64-bit number", required=True),
            _domain(),
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
            _day("UTC day of the fact"),
            Column("fact", TEXT, "table of the fact", required=True),
            Column("domain_key", KEY, "key_of(domain)", required=True),
            *(Column(field, KEY, f"key_of of the value of {field}") for field in KEYED_FIELDS),
        ),
    ),
)

_VIEWS = (
    Table(
        "standing_verdict",
        Kind.VIEW,
        "The verdicts that hold: neither withdrawn nor followed by another one of the same subject.",
        ("subject", "verdict", "other", "domains"),
        _VERDICT,
    ),
    Table(
        "standing_judgement",
        Kind.VIEW,
        "The verdicts that hold and say what their subject is: not those that change clusters.",
        ("subject",),
        (
            Column("subject", TEXT, "cluster id, or field=value"),
            Column("verdict", TEXT, "decision", values=("confirmed", "benign", "watch")),
            Column("given_by", TEXT, "who"),
            Column("given_at", INSTANT, "when"),
            Column("note", TEXT, "why"),
            _day("UTC day from which on it counts: that of the decision"),
        ),
    ),
    Table(
        "cluster_verdict",
        Kind.VIEW,
        "What analysts decided of a day's clusters, as it is known now.",
        ("day", "cluster_id"),
        (
            _day("UTC day of the linking"),
            Column("cluster_id", TEXT, "cluster"),
            Column("verdict", TEXT, "confirmed, benign or watch: of the cluster itself, else as in `judgement`"),
        ),
    ),
    Table(
        "telling",
        Kind.VIEW,
        "What each recipient was told of each domain, and what became of it since.",
        ("scope", "key", "domain"),
        (
            Column("scope", TEXT, "kind of recipient"),
            Column("key", TEXT, "IANA id or AS number of the recipient"),
            _domain(),
            Column("packet_id", TEXT, "packet that told it first"),
            Column("cluster_id", TEXT, "cluster that it was told of in, newest telling"),
            Column("told_at", INSTANT, "when it was told first"),
            Column("last_told_at", INSTANT, "when it was told last"),
            Column("times_told", BIG, "how often it was told"),
            Column("checks", BIG, "checks that brought an answer"),
            Column("checked_at", INSTANT, "last of them"),
            Column("state", TEXT, "how it stood then, as in `outcome`"),
            Column("actor", TEXT, "who acted first, as in `outcome`; null: not known, or not checked"),
            Column("acted_after_at", INSTANT, "somebody acted after this, the last time that it was seen active"),
            Column("acted_by_at", INSTANT, "and by this, the first time that it was not"),
        ),
    ),
    Table(
        "domain",
        Kind.VIEW,
        "A domain and when we met it.",
        ("domain",),
        (
            _domain(),
            Column("first_seen", INSTANT, "first sighting of any kind"),
            Column("first_registered_at", INSTANT, "first sighting on a registered feed"),
            Column("first_reported_at", INSTANT, "first sighting on a reported feed"),
            Column("registrar_iana_id", WHOLE, "sponsor in the newest registration record"),
            Column("created_at", INSTANT, "creation in the newest registration record"),
            Column("tld", TEXT, "last label"),
            Column("state", TEXT, "reported, registered or dropped: the strongest that was seen"),
        ),
    ),
    Table(
        "registration_evidence",
        Kind.VIEW,
        "What a registration record shows that other domains may share.",
        ("domain", "observed_at"),
        (
            _domain(),
            _day("UTC day of the record"),
            Column("observed_at", INSTANT, "when it was observed"),
            Column("sponsor", TEXT, "the registrar's IANA id, or its name where the record has no id"),
            Column("registrant_email", TEXT, "keyed hash of the registrant's address"),
            Column("registrant_phone", TEXT, "keyed hash of the registrant's telephone number"),
            Column("registrant_org", TEXT, "keyed hash of the registrant's organisation"),
            Column("created_minute", TEXT, "registrar and minute of the creation; null for a date without a time"),
        ),
    ),
    Table(
        "hosting_evidence",
        Kind.VIEW,
        "What an answer of the DNS shows that other domains may share.",
        ("domain", "observed_at"),
        (
            _domain(),
            _day("UTC day of the answer"),
            Column("observed_at", INSTANT, "when it was observed"),
            Column("name_servers", TEXT, "the set of name servers, joined by a space"),
            Column("addresses", TEXTS, "IPv4 addresses"),
            Column("mail_exchangers", TEXT, "the set of mail exchangers that are not the name servers' operator's"),
            Column("soa_mailbox", TEXT, "mailbox of the zone that is not the name servers' operator's"),
        ),
    ),
    Table(
        "report_evidence",
        Kind.VIEW,
        "What a sighting shows that other domains may share.",
        ("domain", "seen_at"),
        (
            _domain(),
            _day("UTC day of the sighting"),
            Column("seen_at", INSTANT, "when the feed listed it"),
            Column("kind", TEXT, "registered or reported"),
            Column("series", TEXT, "tag that the reporting authority gives to one operator's domains"),
            Column("batch", TEXT, "feed and minute in which it was reported; null for a date without a time"),
        ),
    ),
    Table(
        "evidence_row",
        Kind.VIEW,
        "What two domains may share, one row an observation.",
        ("domain", "field", "value", "observed_at"),
        (
            _domain(),
            Column("family", TEXT, "independent family of the field"),
            Column("field", TEXT, "trait"),
            Column("value", TEXT, "its value"),
            Column("source", TEXT, "table that it was observed in"),
            Column("observed_at", INSTANT, "when"),
        ),
    ),
    Table(
        "evidence",
        Kind.VIEW,
        "What two domains may share, one row a domain and value.",
        ("domain", "field", "value"),
        (
            _domain(),
            Column("family", TEXT, "independent family of the field"),
            Column("field", TEXT, "trait"),
            Column("value", TEXT, "its value"),
            Column("source", TEXT, "table that it was observed in"),
            Column("first_seen", INSTANT, "first observation"),
            Column("last_seen", INSTANT, "last observation"),
        ),
    ),
    Table(
        "registry_answer",
        Kind.VIEW,
        "What registries and registrars answered of whether there is such a domain; a failed look-up is no answer.",
        ("domain", "counts_at"),
        (
            _domain(),
            Column(
                "found", YES_NO, "whether there is: a registration record, or an RDAP or WHOIS look-up that had one"
            ),
            Column("answered_at", INSTANT, "when it was answered"),
            Column(
                "counts_at",
                INSTANT,
                "of several answers the one with the newest holds: when it was answered, and an hour after that where"
                " there is such a domain, since one server may know nothing of what another has",
            ),
            _day("UTC day of the answer"),
        ),
    ),
    Table(
        "knowledge",
        Kind.VIEW,
        "What is known of a domain, field by field, and why what is not known is not.",
        ("domain", "field"),
        (
            _domain(),
            Column("field", TEXT, "what could be known"),
            Column("state", TEXT, "which of the three", values=("observed", "absent", "not_obtained")),
            Column(
                "why",
                TEXT,
                "outcome of the last try (churn.outcomes); no_records: the answer is that there is none; "
                "not_given: an answer without it; not_asked; null where it was observed",
            ),
            Column("source", TEXT, "protocol, or the table that tells"),
            Column("observed_at", INSTANT, "when it was observed or tried"),
        ),
    ),
    Table(
        "change",
        Kind.VIEW,
        "What changed of a domain from one observation to the next.",
        ("domain", "field", "seen_after_at"),
        (
            _domain(),
            Column("field", TEXT, "what changed"),
            Column("source", TEXT, "protocol that told both values"),
            Column("before", TEXT, "value before; lists joined by a space"),
            Column("after", TEXT, "value after"),
            Column("seen_before_at", INSTANT, "when it was last seen as before"),
            Column("seen_after_at", INSTANT, "when it was first seen as after"),
        ),
    ),
    Table(
        "disagreement",
        Kind.VIEW,
        "Where RDAP and WHOIS tell different things of a domain on a day.",
        ("day", "domain", "field"),
        (
            _day("UTC day on which both were asked"),
            _domain(),
            Column("field", TEXT, "what they disagree about"),
            Column("rdap", TEXT, "what RDAP tells; lists joined by a space"),
            Column("whois", TEXT, "what WHOIS tells"),
        ),
    ),
    Table(
        "cluster",
        Kind.VIEW,
        "A cluster over all its days.",
        ("cluster_id",),
        (
            Column("cluster_id", TEXT, "identity, stable over days"),
            Column("first_day", DAY, "first day"),
            Column("last_day", DAY, "last day on which it stood"),
            Column("name", TEXT, "short readable name"),
            Column("pattern", TEXT, "most frequent naming template"),
            Column(
                "state",
                TEXT,
                "active: a member was registered or reported within 7 days; dormant: none; ended: stands no more",
                values=("active", "dormant", "ended"),
            ),
        ),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in (*_FACTS, *_DERIVED, *_LEDGER, *_INDEX, *_VIEWS)}


def tables(*kinds: Kind) -> tuple[Table, ...]:
    """The tables of the given kinds, in the order of the flow."""
    return tuple(table for table in TABLES.values() if table.kind in kinds)


IMPORTABLE = ("sighting", "registration", "hosting", "certificate")
"""What `churn import` takes: its command name is the table's, with or without a final s."""
