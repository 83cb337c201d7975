"""Markings within a content (TLP 1.0 and 2.0), held against the one under which its feed is declared.

All that a feed gives is marked as its `tlp` says. What is marked more strictly than that is not used, but put aside: it
would be shown to people who must not see it.
"""

from __future__ import annotations

from collections.abc import Iterable

from churn.markings import Tlp

_STRICTNESS = {"clear": 0, "white": 0, "green": 1, "amber": 2, "amber+strict": 3, "red": 4}


def stricter(marks: Iterable[str], allowed: Tlp) -> str | None:
    """Why a thing that bears these marks (`tlp:red`) must not be used, if so; other marks mean nothing here."""
    levels = [mark.lower().removeprefix("tlp:") for mark in marks]
    found = max(levels, key=lambda level: _STRICTNESS.get(level, 0), default="")
    if _STRICTNESS.get(found, 0) <= _STRICTNESS[allowed.value.lower().removeprefix("tlp:")]:
        return None
    return f"marked TLP:{found.upper()}, more strictly than the feed's {allowed.value}"
