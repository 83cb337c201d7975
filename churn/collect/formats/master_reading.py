"""One zone file on its way through the compiled loop: pieces of bytes go in, Arrow arrays of names come out.

Nothing here opens a file (`master_file`) or looks at a byte (`master_records`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from churn.collect.formats.master_file import UnreadLine, ZoneFigures
from churn.collect.formats.master_records import LONGEST_RECORD, REASONS, begin, read_records
from churn.collect.formats.master_work import SHOWN_FAULTS, Octets, Work

EXCERPT = 200
_ENOUGH = 200_000
"""Names after which a buffer's are given away."""

Keep = Callable[[pa.StringArray], object]


def new_reading(origin: str | None, keep: Keep) -> Reading:
    """The start of a file of the zone `origin`, where it is known. Raises UsageError for an origin that is no name."""
    return Reading(begin(origin), keep)


@dataclass(slots=True)
class Reading:
    """One file on its way; `read` it once, then ask for its `figures`."""

    work: Work
    keep: Keep
    delegations: int = 0
    unread: list[UnreadLine] = field(default_factory=list)

    def read(self, pieces: Iterator[bytes], step: int) -> None:
        """Read all pieces, each of at most `step` bytes; what is left of one goes before the next."""
        octets = np.zeros(LONGEST_RECORD + step + 1, np.uint8)
        left = 0
        for piece in pieces:
            end = left + len(piece)
            octets[left:end] = np.frombuffer(piece, np.uint8)
            left = self._read_buffer(octets, end, is_last=False)
        octets[left] = ord("\n")  # the last line need not have one
        self._read_buffer(octets, left + 1, is_last=True)
        self._flush()

    def _read_buffer(self, octets: Octets, end: int, *, is_last: bool) -> int:
        state = self.work.state
        state["at"] = 0
        while not read_records(octets, end, self.work, is_last):
            self._flush()
            self._note(octets)
        self._note(octets)
        if state["rows"][0] > _ENOUGH:
            self._flush()
        at = int(state["at"][0])
        octets[: end - at] = octets[at:end].copy()
        return end - at

    def _flush(self) -> None:
        """Give away the names that have gathered."""
        rows = int(self.work.state["rows"][0])
        if rows:
            offsets = self.work.offsets[: rows + 1].copy()
            names = self.work.names[: offsets[-1]].copy()
            self.keep(pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(names)))
        self.work.state["rows"] = 0
        self.delegations += rows

    def _note(self, octets: Octets) -> None:
        """Take down the faults that were found in a buffer, while it stands."""
        for fault in self.work.faults[: int(self.work.state["shown"][0])]:
            if len(self.unread) < SHOWN_FAULTS:
                start = int(fault["start"])  # no further than the loop got, which does not depend on the pieces
                line = octets[start : min(start + 4 * EXCERPT, int(fault["stop"]) + 1)].tobytes()
                excerpt = line.partition(b"\n")[0].decode("utf-8", "replace").rstrip("\r")[:EXCERPT]
                self.unread.append(UnreadLine(int(fault["line"]), REASONS[int(fault["reason"])], excerpt))
        self.work.state["shown"] = 0

    def figures(self) -> ZoneFigures:
        """What has been found so far."""
        state = self.work.state[0]
        return ZoneFigures(
            apex=self.work.apex[: state["apex"]].tobytes().decode("ascii") if state["apex"] >= 0 else None,
            serial=int(state["serial"]) if state["soas"] else None,
            records=int(state["records"]),
            delegations=self.delegations,
            is_closed=bool(state["closed"]),
            unread=int(state["faults"]),
            unread_lines=tuple(self.unread),
        )
