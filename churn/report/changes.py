"""What changed in a cluster since the day before, in words: who joined, left, was reported, and what of them moved.

What belongs here: lines of words from a cluster's records. What doesn't: any markup.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from churn.report.cluster_records import Cluster, Departure, Move
from churn.report.words import counted, joined, name_shown, number, shown

EXAMPLES = 4
MOST_MOVES = 12
_FIELDS = {
    "rcode": "the DNS answer",
    "a": "the address",
    "aaaa": "the IPv6 address",
    "ns": "the name servers",
    "mx": "the mail servers",
    "network": "the network (AS)",
    "registrar": "the registrar (IANA id)",
    "expires_at": "the expiry",
    "status": "the registration status",
    "nameservers": "the registered name servers",
    "registered": "whether it is registered",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changed: how many, and which as far as there is room."""

    title: str
    domains: int
    text: str


def changes_of(cluster: Cluster) -> list[Line]:
    """What changed since the last day of linking; empty where the cluster was not there, or nothing changed."""
    if cluster.size_before is None:
        return []
    new = [member.domain for member in cluster.members if member.new]
    told = [member.domain for member in cluster.members if member.newly_reported]
    lines = [
        Line("Joined", len(new), examples(new)),
        Line("Left", len(cluster.departures), _left(cluster.departures)),
        Line("Newly reported", len(told), examples(told)),
    ]
    return [line for line in lines if line.domains] + _moves(cluster.moves)


def examples(domains: list[str], most: int = EXAMPLES) -> str:
    """`a[.]example, b[.]example and 10 more`."""
    named = [name_shown(domain) for domain in domains[:most]]
    return joined([*named, f"{number(len(domains) - most)} more"] if len(domains) > most else named)


def field_words(field: str) -> str:
    """A field of the view `change`."""
    return _FIELDS.get(field, shown(field, 40).replace("_", " "))


def _left(departures: list[Departure]) -> str:
    where: dict[tuple[str, str] | None, list[str]] = defaultdict(list)
    for row in departures:
        where[(row.now_in, row.now_name or row.now_in) if row.now_in else None].append(row.domain)
    parts = [
        f"{examples(domains)} ({f'now in {shown(to[1], 60)}' if to else 'in no cluster now'})"
        for to, domains in sorted(where.items(), key=lambda item: (-len(item[1]), item[1][0]))
    ]
    return "; ".join([*parts[:EXAMPLES], *(["…"] if len(parts) > EXAMPLES else [])])


def _moves(moves: list[Move]) -> list[Line]:
    """Moves to the same are told together, the most frequent first."""
    alike: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for move in moves:
        alike[move.field, move.after].append(move)
    ordered = sorted(alike.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = [_move(field, after, same) for (field, after), same in ordered[:MOST_MOVES]]
    rest = ordered[MOST_MOVES:]
    if rest:
        lines.append(Line("Changed otherwise", sum(len(same) for _, same in rest), counted(len(rest), "way")))
    return lines


def _move(field: str, after: str, same: list[Move]) -> Line:
    before = sorted({move.before for move in same})
    was = shown(before[0] or "none", 80) if len(before) == 1 else f"{number(len(before))} others"
    which = examples(list(dict.fromkeys(move.domain for move in same)), 2)
    return Line(f"Changed {field_words(field)}", len(same), f"from {was} to {shown(after or 'none', 80)}: {which}")
