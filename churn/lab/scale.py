"""Sizes of the worlds: how much of everything there is. Nothing here is random."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

FIRST_DAY = dt.date(2026, 3, 1)
REST_DAYS = 10


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
    returning: float = 0.0
    """Share of campaigns that rest for at least `REST_DAYS` and come back."""
    hopping: float = 0.0
    """Share of campaigns whose later registrations are their earlier labels under other TLDs."""

    @property
    def day_list(self) -> tuple[dt.date, ...]:
        """The days of the world."""
        return tuple(FIRST_DAY + dt.timedelta(days=n) for n in range(self.days))

    def at(self, per_day: int) -> Scale:
        """The same world with so many registrations a day; innocents who register in bulk grow with them."""
        factor = per_day / self.per_day
        grown = ("resellers", "batches_per_day", "brands_per_day", "reported_background", "older")
        return replace(self, per_day=per_day, **{name: max(1, round(factor * getattr(self, name))) for name in grown})


_DAY = Scale("day", 8, 70_000, 300, 110, 70, 60, 420, 40, 3, 1_701, 15, 4, 400, 300, 3_000)
_MONTH = replace(_DAY, name="month", days=30, campaigns=160, largest_campaign=2_000, returning=0.2, hopping=0.15)
WORLDS = {
    "small": Scale("small", 4, 3_000, 60, 24, 5, 7, 70, 2, 1, 120, 6, 2, 90, 40, 200),
    "day": _DAY,
    "month": _MONTH,
    "season": replace(
        _MONTH,
        name="season",
        days=60,
        per_day=1_500,
        campaigns=80,
        largest_campaign=400,
        case_size=120,
        case_addresses=6,
        case_name_servers=2,
        resellers=8,
        batches_per_day=3,
        brands_per_day=1,
        look_alike_size=90,
        reported_background=20,
        older=300,
    ),  # long and narrow: what becomes of what was told is seen in it (`deeds`)
    "calm": replace(_MONTH, name="calm", campaigns=0, case_size=0),  # nobody runs a campaign: what is found is false
}
