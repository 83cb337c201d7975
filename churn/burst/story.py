"""One sentence a burst: what was counted, against what, and who sponsors it. Words and numbers, no domain names."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from churn.markings import printable

_HAPPENED = {
    "listing": "were newly put on reported lists",
    "registration": "were newly registered",
    "growth": "newly joined it",
}


def story(row: Mapping[Hashable, Any]) -> str:
    """The sentence about one tested count: kind, name, size, observed, expected, reported_members, registrars."""
    happened = (
        f"{row['observed']:,} of the {row['size']:,} domains of cluster {row['name']} {_HAPPENED[row['kind']]}, "
        f"where {row['expected']:,.1f} would be expected"
    )
    unreported = row["size"] - row["reported_members"]
    listed = (
        f"{unreported:,} of its domains are on no reported list yet" if row["reported_members"] else "none is reported"
    )
    registrars = list(row["registrars"])
    if not registrars:
        return f"{happened}; {listed}."
    shown = ", ".join(printable(registrar, 60) for registrar in registrars[:3])
    more = f" and {len(registrars) - 3} more" if len(registrars) > 3 else ""
    return f"{happened}; {listed}; sponsored by {shown}{more}."
