"""Bar charts by day as geometry, drawn by a template macro as inline SVG.

Static and hand-drawn on purpose: they follow the page's colours (dark mode, print), need no script, and weigh a
kilobyte each. What is drawn is said again in a table or a sentence; no figure is in a picture alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from churn.report.words import number

FEWEST_SLOTS = 10
TOP, LABELS = 16.0, 16.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: `value` None is a day of which nothing is known."""

    day: dt.date
    value: int | None
    x: float
    y: float
    width: float
    height: float
    today: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of `width` by `height` units; `baseline` is the height of the expectation, where there is one."""

    title: str
    tone: str
    width: float
    height: float
    floor: float
    bars: tuple[Bar, ...]
    baseline: float | None
    expected: float | None

    @property
    def first(self) -> Bar:
        """The oldest day that is drawn."""
        return self.bars[0]

    @property
    def last(self) -> Bar:
        """The day of the report."""
        return self.bars[-1]

    @property
    def alternative(self) -> str:
        """The picture in words."""
        known = [bar for bar in self.bars if bar.value is not None]
        if not known:
            return f"{self.title}: nothing on record"
        peak = max(known, key=lambda bar: (bar.value or 0, bar.day))
        text = f"{self.title}, {self.first.day} to {self.last.day}: {number(self.last.value)} on the last day"
        if peak.day != self.last.day:
            text += f", at most {number(peak.value)} on {peak.day}"
        return text + (f", {number(self.expected)} expected" if self.expected is not None else "")


@dataclass(frozen=True, slots=True)
class Frame:
    """Size in units and days (first and last, both included) of a chart."""

    first: dt.date
    last: dt.date
    width: float = 340.0
    height: float = 104.0


def bar_chart(
    title: str, tone: str, frame: Frame, values: Mapping[dt.date, int | None], expected: float | None = None
) -> Chart:
    """Bars of `values`, today at the right end; days before the frame are cut off."""
    days = [frame.first + dt.timedelta(days=n) for n in range((frame.last - frame.first).days + 1)]
    floor = frame.height - LABELS
    room = floor - TOP
    peak = max([1.0, expected or 0.0, *(float(values.get(day) or 0) for day in days)])
    step = frame.width / max(FEWEST_SLOTS, len(days))
    left = frame.width - step * len(days)
    bars = tuple(
        _bar(days[n], values.get(days[n]), left + n * step, step, (floor, room / peak)) for n in range(len(days))
    )
    bars = (*bars[:-1], _today(bars[-1]))
    line = None if expected is None else round(floor - room * expected / peak, 1)
    return Chart(title, tone, frame.width, frame.height, floor, bars, line, expected)


def _bar(day: dt.date, value: int | None, x: float, step: float, scale: tuple[float, float]) -> Bar:
    floor, unit = scale
    height = max(1.5, value * unit) if value else 0.0
    gap = min(3.0, step * 0.2)
    return Bar(
        day, value, round(x + gap / 2, 1), round(floor - height, 1), round(step - gap, 1), round(height, 1), False
    )


def _today(bar: Bar) -> Bar:
    return Bar(bar.day, bar.value, bar.x, bar.y, bar.width, bar.height, today=True)
