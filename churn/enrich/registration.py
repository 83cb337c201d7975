"""One name's registration: which look-up comes next, and what the answers make together. Pure: no talking, no table.

1. RDAP at the registry (bootstrap), and at the registrar that a thin answer links to.
2. WHOIS where RDAP brought no record and did not say that there is none, and where a second witness is wanted: from the
   root by its referrals.
3. The registry decides about the registration, the registrar about its customer and its own abuse desk.

Everything follows from the tries made so far, so work that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from yarl import URL

from churn.enrich.meaning.rdap import is_thin
from churn.enrich.meaning.record import Record, merge
from churn.outcomes import Outcome

MOST_REFERRALS = 3
MOST_TRIES = 3
WORTH_ANOTHER_TRY = frozenset(
    {
        Outcome.RATE_LIMITED,
        Outcome.TIMEOUT,
        Outcome.UNREACHABLE,
        Outcome.SERVER_FAILURE,
        Outcome.MALFORMED,
        Outcome.SKIPPED_PAUSED,
    }
)
"""How a try may end that may end otherwise in a minute."""

Role = Literal["registry", "registrar", "root"]


@dataclass(frozen=True, slots=True)
class Try:
    """One try at one look-up, as it ended."""

    kind: Literal["rdap", "whois"]
    role: Role
    endpoint: str | None
    outcome: Outcome
    record: Record | None = None
    refer: str | None = None
    row: Record | None = None
    """Its row of `lookup`."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next look-up: `target` is a URL (RDAP) or a server (WHOIS); without an endpoint, nobody can be asked."""

    kind: Literal["rdap", "whois"]
    role: Role
    endpoint: str | None
    target: str


@dataclass(frozen=True, slots=True)
class Places:
    """Who can be asked. `rdap` gives the base URL of a domain's registry, `registrar` that of a registrar's id."""

    rdap: Callable[[str], str | None]
    registrar: Callable[[int], str | None]
    whois_root: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name to look up; `witnesses` are 2 where WHOIS is asked although RDAP answered."""

    domain: str
    witnesses: int = 1


def next_step(name: Name, tries: Sequence[Try], places: Places, round_number: int) -> Step | None:
    """The next look-up; None where there is none in this round.

    `tries` are the name's own and what the WHOIS root said of its TLD, in their order. In each of the MOST_TRIES rounds
    a look-up that failed is tried once more; after the last of them its failure counts, and another way is gone.
    """
    step = _rdap_step(name, tries, places)
    if step is None and wants_whois(name, tries):
        step = _whois_step(tries, places)
    if step is None or len(_tries_at(step, tries)) >= round_number:
        return None
    return step


def wants_whois(name: Name, tries: Sequence[Try]) -> bool:
    """Whether WHOIS is asked: RDAP did not say whether the name is registered, or two witnesses are wanted."""
    registry = _last(tries, "rdap", "registry")
    known = registry is not None and registry.outcome in {Outcome.OK, Outcome.NOT_FOUND}
    return not known or name.witnesses > 1


def records(tries: Sequence[Try]) -> list[Record]:
    """The name's rows of `registration`, one a protocol: what its answers make together."""
    found = []
    for kind in ("rdap", "whois"):
        answers = [item for item in tries if item.kind == kind and item.record]
        if answers:
            record: dict[str, Any] = dict(answers[0].record or {})
            for answer in answers[1:]:
                record = merge(record, answer.record or {})
            first = answers[0].row or {}
            about = {"source": kind, "endpoint": answers[0].endpoint}
            found.append(
                record | about | {"raw_sha256": first.get("raw_sha256"), "observed_at": first.get("attempted_at")}
            )
    return found


def settled(tries: Sequence[Try], step: Step) -> Try | None:
    """How a look-up ended for good: otherwise than by a failure of the moment, or in the last of its tries."""
    mine = _tries_at(step, tries)
    done = mine and (mine[-1].outcome not in WORTH_ANOTHER_TRY or len(mine) >= MOST_TRIES)
    return mine[-1] if done else None


def _tries_at(step: Step, tries: Sequence[Try]) -> list[Try]:
    return [item for item in tries if (item.kind, item.endpoint) == (step.kind, step.endpoint)]


def _rdap_step(name: Name, tries: Sequence[Try], places: Places) -> Step | None:
    base = places.rdap(name.domain)
    step = Step("rdap", "registry", base, f"{base}domain/{name.domain}" if base else "")
    registry = settled(tries, step)
    if registry is None:
        return step
    if registry.outcome is not Outcome.OK or not is_thin(registry.record or {}):
        return None
    further = _registrar_step(name, registry, places)
    return further if further and settled(tries, further) is None else None


def _registrar_step(name: Name, registry: Try, places: Places) -> Step | None:
    """Where the registrar answers: the registry's link, else the base URL that the registrar has with IANA."""
    ending = f"domain/{name.domain}"
    iana_id = (registry.record or {}).get("registrar_iana_id")
    base = places.registrar(iana_id) if iana_id else None
    target = registry.refer or (f"{base}{ending}" if base else None)
    if target is None:
        return None
    endpoint = target.removesuffix(ending)[:300]
    return None if _same(target, f"{registry.endpoint}{ending}") else Step("rdap", "registrar", endpoint, target)


def _whois_step(tries: Sequence[Try], places: Places) -> Step | None:
    """From the root to the registry to the registrar, for as long as the answers are thin and refer to somebody new."""
    step = Step("whois", "root", places.whois_root, places.whois_root)
    told = settled(tries, step)
    if told is None:
        return step
    if told.refer is None:
        step = Step("whois", "registry", None, "")
        return step if settled(tries, step) is None else None
    server: str | None = told.refer
    asked = {places.whois_root}
    while server and server not in asked and len(asked) <= MOST_REFERRALS:
        step = Step("whois", "registry" if len(asked) == 1 else "registrar", server, server)
        answer = settled(tries, step)
        if answer is None:
            return step
        if answer.outcome is not Outcome.OK or not is_thin(answer.record or {}):
            return None
        asked.add(server)
        server = answer.refer
    return None


def _last(tries: Sequence[Try], kind: str, role: str) -> Try | None:
    return next((item for item in reversed(tries) if (item.kind, item.role) == (kind, role)), None)


def _same(one: str, other: str) -> bool:
    """Whether two URLs ask the same of the same."""
    try:
        first, second = URL(one), URL(other)
    except ValueError:
        return False
    return (first.host, first.port, first.path.lower()) == (second.host, second.port, second.path.lower())
