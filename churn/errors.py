"""What can go wrong, as types: the type decides the exit code and whether a retry makes sense.

    ChurnError                   exit 1
    ├── TransientError           exit 1; Airflow retries with back-off (a time-out, a 503, a full disk)
    └── TerminalError            exit 1; Airflow fails at once (a schema that does not fit, a broken file)
        ├── UsageError           exit 2; the call or a setting is wrong
        └── GateError            exit 3; a gate stopped the day (stale or shrunken feed)

Every message is one sentence that says what is wrong and what to do about it. A failed look-up is not
an error: it is a row (see `outcomes`).
"""

from __future__ import annotations


class ChurnError(Exception):
    """Base of all errors that a person is meant to read. `exit_code` is that of the `churn` command."""

    exit_code = 1


class TransientError(ChurnError):
    """May succeed when tried again later, unchanged."""


class TerminalError(ChurnError):
    """Will fail again until somebody changes something."""


class UsageError(TerminalError):
    """The call or a setting is wrong."""

    exit_code = 2


class GateError(TerminalError):
    """A gate stopped the day: going on would turn a broken feed into a false burst."""

    exit_code = 3
