"""When a cluster's domains came: registration, first DNS answer, certificate and report, one lane each, on one scale.

What belongs here: instants of members in, lanes of bars and their words out. What doesn't: how they are drawn.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from churn.report.cluster_records import Cluster, Member
from churn.report.words import counted, number

WIDTH, LANE, LEFT = 560.0, 34.0, 104.0
"""Units: of the whole, of a lane's height, and of the room for the lane's name."""
MOST_DAYS = 28
_SHORT = dt.timedelta(hours=60)
"""A story that is not longer is told by the hour."""
_BAR = LANE - 12.0
_KINDS: tuple[tuple[str, str, Callable[[Member], dt.datetime | None]], ...] = (
    ("registered", "Registered", lambda member: member.registered_at),
    ("dns", "First in DNS", lambda member: member.dns_at),
    ("certificate", "Certificate", lambda member: member.certificate_at),
    ("reported", "Reported", lambda member: member.reported_at),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """So many domains in one hour or on one day."""

    when: str
    domains: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of instant. `before`: how many came earlier than the scale begins; `unknown`: not obtained."""

    kind: str
    title: str
    floor: float
    bars: list[Bar]
    domains: int
    before: int
    unknown: int
    peak: int
    median: dt.datetime | None

    @property
    def words(self) -> str:
        """The lane in words."""
        if not self.domains:
            return "none on record"
        half = f"; half by {self.median:%Y-%m-%d %H:%M} UTC" if self.median else ""
        earlier = f"; {number(self.before)} before the scale begins" if self.before else ""
        return f"{counted(self.domains, 'domain')}, {number(self.peak)} at most at a time{half}{earlier}"


@dataclass(frozen=True, slots=True)
class Timeline:
    """The lanes, `width` by `height` units; `marks` are places and texts of the scale."""

    width: float
    height: float
    left: float
    hourly: bool
    lanes: list[Lane]
    marks: list[tuple[float, str, str]]
    story: str

    @property
    def alternative(self) -> str:
        """The picture in words."""
        unit = "hour" if self.hourly else "day"
        return f"By the {unit}. " + ". ".join(f"{lane.title}: {lane.words}" for lane in self.lanes) + "."


def timeline_of(cluster: Cluster, day: dt.date) -> Timeline | None:
    """The timeline of a cluster up to the end of the day; None where no instant is on record."""
    instants = [sorted(when for member in cluster.members if (when := instant(member))) for _, _, instant in _KINDS]
    known = sorted(when for each in instants for when in each)
    if not known:
        return None
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    # a few domains that were registered years ago must not squeeze the day: the scale begins with the first hundredth
    start = known[len(known) // 100]
    hourly = end - start <= _SHORT
    step = dt.timedelta(hours=1) if hourly else dt.timedelta(days=1)
    first = max(_floored(start, hourly=hourly), end - (60 if hourly else MOST_DAYS) * step)
    slots = max(1, int((end - first) / step))
    scale = (first, step, (WIDTH - LEFT) / slots)
    lanes = [
        _lane((kind, title), each, place, scale, len(cluster.members) - len(each))
        for place, ((kind, title, _), each) in enumerate(zip(_KINDS, instants, strict=True))
    ]
    return Timeline(WIDTH, LANE * len(lanes) + 18, LEFT, hourly, lanes, _marks(scale, slots, hourly), _story(cluster))


def _floored(when: dt.datetime, *, hourly: bool) -> dt.datetime:
    hour = when.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    return hour if hourly else hour.replace(hour=0)


Scale = tuple[dt.datetime, dt.timedelta, float]
"""Start, length of a slot, and its width."""


def _lane(name: tuple[str, str], instants: list[dt.datetime], place: int, scale: Scale, unknown: int) -> Lane:
    first, step, width = scale
    # an instant that a registry puts after the day's end stands at the end of the scale
    last = round((WIDTH - LEFT) / width) - 1
    counts = Counter(min(last, int((when - first) / step)) for when in instants if when >= first)
    peak, floor = max(counts.values(), default=0), LANE * (place + 1)
    gap = min(1.5, 0.15 * width)
    bars = [
        Bar(
            _slot_words(first + slot * step, hourly=step < dt.timedelta(days=1)), domains,
            round(LEFT + slot * width + gap / 2, 1), round(floor - height, 1), round(width - gap, 1), round(height, 1),
        )
        for slot, domains in sorted(counts.items())
        for height in [max(1.5, _BAR * domains / peak)]
    ]  # fmt: skip
    middle = instants[(len(instants) - 1) // 2] if instants else None
    return Lane(*name, floor, bars, len(instants), sum(when < first for when in instants), unknown, peak, middle)


def _slot_words(when: dt.datetime, *, hourly: bool) -> str:
    return f"{when:%Y-%m-%d %H}:00 UTC" if hourly else f"{when:%Y-%m-%d}"


def _marks(scale: Scale, slots: int, hourly: bool) -> list[tuple[float, str, str]]:
    """Place, text and anchor of the ends of the scale and of a few midnights or hours between."""
    first, step, width = scale
    every = next(n for n in ((6, 12, 24) if hourly else (1, 2, 7, 14, 28)) if slots / n <= 10 or n >= 24)
    marks = []
    for slot in range(slots):
        when = first + slot * step
        if (when.hour if hourly else slot) % every:
            continue
        text = f"{when.day} {when:%b}" if not hourly or when.hour == 0 else f"{when:%H}:00"
        marks.append((round(LEFT + slot * width, 1), text, "start"))
    return marks


def _story(cluster: Cluster) -> str:
    """How long it took from registration to report, for those of which both are known."""
    pairs = ((member.registered_at, member.reported_at) for member in cluster.members)
    hours = [(told - born).total_seconds() / 3600 for born, told in pairs if born and told and told >= born]
    if not hours:
        return ""
    middle = median(hours)
    took = counted(round(middle), "hour") if middle < 72 else counted(round(middle / 24), "day")
    return f"Of {counted(len(hours), 'reported domain')}, half were reported within {took} of their registration."
