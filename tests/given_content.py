"""A content that is given to a reader, not landed."""

from __future__ import annotations

from dataclasses import dataclass

from churn.collect.entries import Landed


@dataclass(frozen=True)
class Given(Landed):
    """A content that is given, not landed."""

    bytes: bytes = b""

    def content(self):
        return self.bytes
