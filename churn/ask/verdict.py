"""Verdicts: what an analyst decides of a cluster or a shared value. Written once to the ledger, never overwritten.

What belongs here: whether a decision makes sense, and its row. What doesn't: what verdicts do, which is said where it
is done (`link/verdicts`, `burst/verdicts`, `packets/sql/flagged.sql`), and which hold (the view `standing_verdict`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Literal, get_args

import duckdb

from churn.errors import UsageError
from churn.markings import defang, printable
from churn.names import NotANameError, parse
from churn.settings import Settings
from churn.store import ledger
from churn.store.database import lake_database, published
from churn.store.queries import relation

Verdict = Literal["confirmed", "benign", "watch", "merge", "split", "withdrawn"]
VERDICTS: tuple[str, ...] = get_args(Verdict)

MOST_SUBJECT, MOST_NAME, MOST_NOTE, MOST_DOMAINS = 1_000, 100, 2_000, 100_000
"""Bounds of what a person gives: characters, and domains of a split."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided: `verdict` of `subject`, a cluster id or, where benign or watch, `field=value`.

    `other` is the cluster that a merge takes up, `domains` are those that a split parts off; of a withdrawal they say
    which merge or split, without them everything is withdrawn. `day` (UTC) is the first that it counts for, where that
    is not the day on which it is given.
    """

    subject: str
    verdict: Verdict
    by: str
    note: str
    other: str | None = None
    domains: tuple[str, ...] = ()
    day: dt.date | None = None


def give_verdict(settings: Settings, decision: Decision, at: dt.datetime | None = None) -> dict[str, object]:
    """Record a decision; returns its row of `verdict`. `at` is the instant of the deed (default: now).

    It counts from its UTC day on; in a world that is replayed (`clock = "day"`) from the last linked day on. Raises
    UsageError, a sentence that says what to do, where the decision makes no sense.
    """
    at = at or dt.datetime.now(dt.UTC)  # a person's deed is stamped with the person's clock
    with published(settings) as con:
        domains = _checked(con, settings, decision)
        day = _day(con, settings, decision.day, at)
    row: dict[str, object] = {
        "subject": decision.subject,
        "verdict": decision.verdict,
        "other": decision.other,
        "domains": domains or None,
        "given_by": _text(decision.by, MOST_NAME),
        "given_at": at,
        "note": _text(decision.note, MOST_NOTE),
        "day": day,
    }
    # the whole row is in the name: of two reviewers at one instant neither is taken for the other
    digest = hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()
    ledger.append(settings, "verdict", day, f"verdict-{at:%Y%m%dt%H%M%S.%f}-{digest[:16]}", [row])
    return row


def verdicts(settings: Settings) -> list[dict[str, Any]]:
    """Every verdict that was ever given, newest first, as the ledger has it now; `stands` tells whether it holds."""
    with lake_database(settings, only=("verdict", "standing_verdict")) as con:
        rows: list[dict[str, Any]] = relation(con, "churn.ask", "verdicts").to_arrow_table().to_pylist()
    return rows


def _text(text: str, most: int) -> str:
    """A person's text on one line, printable and bounded."""
    return printable(" ".join(text.split()), most)


def _checked(con: duckdb.DuckDBPyConnection, settings: Settings, decision: Decision) -> list[str]:
    """The domains of a split, sorted; raises UsageError where something is wrong with the decision."""
    _check_form(decision)
    if decision.verdict == "withdrawn":
        domains = _names(decision.domains)
        _check_withdrawn(settings, decision, domains)
        return domains
    field, is_value, _ = decision.subject.partition("=")
    if is_value:
        _check_value(con, decision, field)
        return []
    _check_cluster(con, decision.subject)
    if decision.verdict == "merge":
        _check_cluster(con, decision.other or "")
    return _parted(con, decision) if decision.verdict == "split" else []


def _check_form(decision: Decision) -> None:
    if decision.verdict not in VERDICTS:
        raise UsageError(f"{decision.verdict!r} is no verdict; there are {', '.join(VERDICTS)}.")
    if not decision.by.strip():
        raise UsageError("A verdict needs a name: --by WHO.")
    if not decision.note.strip():
        raise UsageError("A verdict needs a reason, for those who read it in a year: --note TEXT.")
    if not 0 < len(decision.subject) <= MOST_SUBJECT or not decision.subject.isprintable():
        raise UsageError(f"A subject is a cluster id or FIELD=VALUE, at most {MOST_SUBJECT:,} printable characters.")
    merges, splits = decision.verdict == "merge", decision.verdict == "split"
    if merges and decision.other in {None, decision.subject}:
        raise UsageError("A merge needs the id of another cluster: --with ID.")
    if splits and not decision.domains:
        raise UsageError("A split needs the domains that are a cluster of their own: --domains FILE, or a,b,c.")
    if not (merges or decision.verdict == "withdrawn") and decision.other is not None:
        raise UsageError("--with ID goes with merge, or with the withdrawal of one.")
    if not (splits or decision.verdict == "withdrawn") and decision.domains:
        raise UsageError("--domains goes with split, or with the withdrawal of one.")


def _check_cluster(con: duckdb.DuckDBPyConnection, cluster_id: str) -> None:
    if not relation(con, "churn.ask", "cluster", cluster_id=cluster_id).fetchall():
        raise UsageError(f"There is no cluster {printable(cluster_id)!r}, and it is no FIELD=VALUE either.")


def _check_value(con: duckdb.DuckDBPyConnection, decision: Decision, field: str) -> None:
    if decision.verdict not in {"benign", "watch"}:
        raise UsageError(f"A value can be benign or watched, not {decision.verdict}; that is said of a cluster id.")
    fields = [name for (name,) in relation(con, "churn.ask", "verdict_fields").fetchall()]
    if field not in fields:
        raise UsageError(f"{printable(field)!r} is no field of shared values; there are {', '.join(fields) or 'none'}.")


def _check_withdrawn(settings: Settings, decision: Decision, domains: list[str]) -> None:
    held = [row for row in verdicts(settings) if row["stands"] and row["subject"] == decision.subject]
    if decision.other or domains:
        held = [row for row in held if row["other"] == decision.other and (row["domains"] or []) == domains]
    if not held:
        raise UsageError(f"No such verdict stands of {printable(decision.subject)!r}, so there is none to withdraw.")


def _names(texts: tuple[str, ...]) -> list[str]:
    """Registrable names, sorted, each once; raises UsageError where a text is no name or they are too many."""
    if len(texts) > MOST_DOMAINS:
        raise UsageError(f"A split names at most {MOST_DOMAINS:,} domains.")
    try:
        return sorted({parse(text).domain for text in texts})
    except NotANameError as error:
        raise UsageError(f"One of the domains is no name: {error}.") from None


def _parted(con: duckdb.DuckDBPyConnection, decision: Decision) -> list[str]:
    """The domains of a split; raises UsageError where one is no member, or nobody would be left."""
    domains = _names(decision.domains)
    members = {
        name for (name,) in relation(con, "churn.ask", "verdict_members", cluster_id=decision.subject).fetchall()
    }
    if strangers := [name for name in domains if name not in members]:
        more = f" and {len(strangers) - 3} others" if len(strangers) > 3 else ""
        raise UsageError(
            f"Not in cluster {decision.subject} as it last stood: {defang(', '.join(strangers[:3]))}{more}."
        )
    if len(domains) == len(members):
        raise UsageError("A split leaves somebody behind; these are all of the cluster's domains.")
    return domains


def _day(con: duckdb.DuckDBPyConnection, settings: Settings, wanted: dt.date | None, at: dt.datetime) -> dt.date:
    """The day from which on a verdict counts: days that are over stay as they were, but for a replayed world's."""
    today = at.astimezone(dt.UTC).date()
    if settings.clock == "day":
        ((last,),) = relation(con, "churn.ask", "last_day").fetchall()
        return wanted or last or today
    if wanted is not None and wanted < today:
        raise UsageError(f"A verdict counts from the day on which it is given, {today}, so --day can't be {wanted}.")
    return wanted or today
