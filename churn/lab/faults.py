"""Faults on demand: what the lab's servers do wrong when they are told to. None yet; here is their place.

What belongs here: names and rates of faults, as data that travels to the servers' processes. What doesn't: how a
server misbehaves (in that server).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults the servers show. Without arguments: none."""

    def as_json(self) -> dict[str, Any]:
        """Plain values for the servers' processes."""
        return asdict(self)
