"""What the loop over a master file works with: where it is, what it remembers, and room for what it finds.

What belongs here: the types, which the compiled loop (`master_records`) takes as they are. What doesn't: anything that
looks at a byte; numbers that the loop is compiled with, as numba's cache would not notice their change here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

LONGEST_NAME = 1024
"""Octets of a name in its one spelling, at most: it has 255, each of which takes four or less."""
SHOWN_FAULTS = 1000

STATE = np.dtype(
    [
        ("at", "i8"),  # where the next record starts
        ("line", "i8"),  # its line, from 1
        ("depth", "i8"),  # parentheses that are open
        ("fault", "i8"),  # of the record at hand
        ("skips", "i8"),  # whether the rest of the line is to be passed over
        ("origin", "i8"),  # lengths of the names below, -1 where there is none
        ("owner", "i8"),
        ("apex", "i8"),
        ("last", "i8"),
        ("rows", "i8"),  # delegations in `names`
        ("records", "i8"),
        ("faults", "i8"),
        ("shown", "i8"),  # faults in `faults`
        ("serial", "i8"),
        ("soas", "i8"),
        ("closed", "i8"),  # whether the last record is the SOA once more
        ("like", "i8"),  # where an NS record on one line starts, right before the record at hand
        ("data", "i8"),  # and where its data does; -1 where there is no such record
    ]
)
FAULT = np.dtype([("line", "i8"), ("reason", "i8"), ("start", "i8"), ("stop", "i8")])

Octets = npt.NDArray[np.uint8]


class Work(NamedTuple):
    """What the loop works with; made once a file."""

    state: npt.NDArray[Any]
    types: npt.NDArray[np.int64]
    origin: Octets
    owner: Octets
    apex: Octets
    last: Octets
    scratch: Octets
    names: Octets
    offsets: npt.NDArray[np.int32]
    faults: npt.NDArray[Any]


def new_work(types: npt.NDArray[np.int64]) -> Work:
    """A fresh start; `types` are the types of records that are known."""
    work = Work(
        state=np.zeros(1, STATE),
        types=types,
        origin=np.zeros(LONGEST_NAME, np.uint8),
        owner=np.zeros(LONGEST_NAME, np.uint8),
        apex=np.zeros(LONGEST_NAME, np.uint8),
        last=np.zeros(LONGEST_NAME, np.uint8),
        scratch=np.zeros(LONGEST_NAME, np.uint8),
        names=np.zeros(16 << 20, np.uint8),
        offsets=np.zeros((1 << 19) + 1, np.int32),
        faults=np.zeros(SHOWN_FAULTS, FAULT),
    )
    work.state[["owner", "origin", "apex", "last"]] = -1
    work.state["line"] = 1
    return work
