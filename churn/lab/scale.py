"""Sizes of the worlds: how much of everything there is. Nothing here is random."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

FIRST_DAY = dt.date(2026, 3, 1)


@dataclass(frozen=True, slots=True)
class Scale:
    """How big a world is. `per_day` counts registrations of a day, all kinds together."""

    name: str
    days: int
    per_day: int
    registrars: int
    hosters: int
    resellers: int
    campaigns: int
    largest_campaign: int
    batches_per_day: int
    brands_per_day: int
    case_size: int
    case_addresses: int
    case_name_servers: int
    """Sets of its own; one more is a hub's."""
    look_alike_size: int
    reported_background: int
    older: int
    """Domains registered long before the first day: some of them are reported, none is on a list of new names."""

    @property
    def day_list(self) -> tuple[dt.date, ...]:
        """The days of the world."""
        return tuple(FIRST_DAY + dt.timedelta(days=n) for n in range(self.days))


WORLDS = {
    "small": Scale("small", 4, 3_000, 60, 24, 5, 7, 70, 2, 1, 120, 6, 2, 90, 40, 200),
    "day": Scale("day", 8, 70_000, 300, 110, 70, 60, 420, 40, 3, 1_701, 15, 4, 400, 300, 3_000),
}
