"""Many zones in one visit: each on its own, so that what happens to one leaves the others; at the end a report.

1. What has landed on the day is not asked for again: a zone is had once a day, as the terms of CZDS demand.
2. The rest is asked for one at a time, those that were small the last time first: of a visit that is cut short, most
   zones have landed, and the large one goes on where it was.
3. What may pass is asked for once more at the end of the visit.
4. The report, a JSON object {"zones": {name: "landed"}, "failed": {name: why}}, lands last and closes the day.

A day must not wait for one zone of a thousand: where at most a tenth (or one) of the zones may yet come, the report
tells of them and the day goes on. Nothing is lost by that, it is only late: a zone is compared with its last good
copy, whenever that was. Where more are away it is the service that fails: TransientError, and nothing is closed, so
that the next try asks for what is missing. Where refusals leave nothing at all: TerminalError.
What doesn't belong here: how a zone is had (`czds`, `axfr`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from churn.collect.visit import Visit
from churn.errors import ChurnError, TerminalError, TransientError
from churn.markings import printable
from churn.store.landing import Manifest

IN_A_ROW = 5
"""Zones that may be away one after the other before no more are asked for."""
PAUSE_SECONDS = 5.0
"""Before what was away is asked for once more."""


class Zone(NamedTuple):
    """A zone's name (lower case, without a final dot) and its address."""

    name: str
    url: str


class ReportedZones(NamedTuple):
    """What a landed report says: how many zones were had, and why others were not, by name."""

    had: int
    failed: dict[str, str]


Have = Callable[[Zone, Manifest | None], object]
"""Lands a zone (with closes=False), given the newest copy of days before; raises ChurnError where it can't be had."""


@dataclass(slots=True)
class _Outcome:
    """What became of the zones so far: landed, refused for good, or away for now."""

    had: set[str] = field(default_factory=set)
    refused: dict[str, ChurnError] = field(default_factory=dict)
    away: dict[Zone, TransientError] = field(default_factory=dict)


def visit_zones(visit: Visit, zones: Iterable[Zone], have: Have, refused: Mapping[str, str]) -> None:
    """Have the zones, each once a day; `refused` are others that were not even asked for, and why.

    Raises TransientError where too many may yet come, TerminalError where all are refused, both after landing the rest.
    """
    wanted = {zone.url: zone for zone in zones}
    before = {url: next(visit.earlier(url), None) for url in wanted}
    landed = {manifest.url for manifest in visit.landed if not manifest.closes}
    missing = [zone for zone in wanted.values() if zone.url not in landed]
    missing.sort(key=lambda zone: _last_size(before[zone.url]))
    outcome = _Outcome({zone.name for zone in wanted.values() if zone.url in landed})
    _ask_for(missing, have, before, outcome)
    if outcome.away:
        time.sleep(PAUSE_SECONDS)
        _ask_for(list(outcome.away), have, before, outcome)
    _judge(outcome, len(wanted), refused)
    why = {zone.name: str(error) for zone, error in outcome.away.items()}
    why |= {name: str(error) for name, error in outcome.refused.items()}
    report = {"zones": dict.fromkeys(sorted(outcome.had), "landed"), "failed": {**refused, **why}}
    visit.land(str(visit.feed.url), json.dumps(report, indent=1).encode())


def _last_size(earlier: Manifest | None) -> float:
    return earlier.size if earlier else float("inf")


def _ask_for(zones: list[Zone], have: Have, before: Mapping[str, Manifest | None], outcome: _Outcome) -> None:
    """Have the zones one after the other, until several in a row are away; the rest of them then is too."""
    in_a_row = 0
    for zone in zones:
        if in_a_row >= IN_A_ROW:
            outcome.away.setdefault(zone, next(reversed(outcome.away.values())))
            continue
        try:
            have(zone, before[zone.url])
        except TransientError as error:
            outcome.away[zone] = error
            in_a_row += 1
            continue
        except ChurnError as error:
            outcome.refused[zone.name] = error
        else:
            outcome.had.add(zone.name)
        outcome.away.pop(zone, None)
        in_a_row = 0


def _judge(outcome: _Outcome, wanted: int, refused: Mapping[str, str]) -> None:
    """Raise what keeps the day from being closed."""
    away = len(outcome.away)
    if away and (not outcome.had or away > max(1, wanted // 10)):
        zone, error = next(iter(outcome.away.items()))
        raise TransientError(f"{away:,} of {wanted:,} zones did not come, {zone.name} first: {error}") from None
    if outcome.had:
        return
    if outcome.refused:
        raise next(iter(outcome.refused.values()))
    for name, why in refused.items():
        raise TerminalError(f"There is no zone to have: {name} {why}.")


def read_report(content: bytes) -> ReportedZones:
    """What a report says. Raises ValueError where it is none."""
    told = json.loads(content)
    failed = {printable(str(name)): printable(str(why), 500) for name, why in dict(told["failed"]).items()}
    return ReportedZones(len(told["zones"]), failed)
