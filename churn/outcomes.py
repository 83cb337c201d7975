"""The closed list of look-up outcomes: every try at a look-up ends in exactly one of them.

*Observed*, *absent* and *not obtained* are three different answers. `knowledge` tells which of the three
an outcome is; a rate limit that is mistaken for "no registrant" would poison every link after it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Knowledge = Literal["observed", "absent", "not_obtained"]


class Outcome(StrEnum):
    """How one try at one look-up ended. Stored in `lookup.outcome`."""

    OK = "ok"
    """The endpoint answered with a record for the domain that was asked for."""
    NOT_FOUND = "not_found"
    """The endpoint says authoritatively that there is none (RDAP 404, WHOIS "no match", NXDOMAIN)."""
    RATE_LIMITED = "rate_limited"
    """The endpoint answered that we ask too often (HTTP 429, throttle text)."""
    REFUSED = "refused"
    """The endpoint answered that it will not tell us (HTTP 401, 403, DNS REFUSED)."""
    SERVER_FAILURE = "server_failure"
    """The endpoint failed (HTTP 5xx, DNS SERVFAIL)."""
    TIMEOUT = "timeout"
    """No complete answer within the deadline."""
    UNREACHABLE = "unreachable"
    """No connection, or one that was cut."""
    MALFORMED = "malformed"
    """An answer that can't be read as what it should be."""
    TOO_LARGE = "too_large"
    """An answer beyond the size limit; not read further."""
    WRONG_SUBJECT = "wrong_subject"
    """An answer about another domain than the one asked for."""
    REDACTED = "redacted"
    """The endpoint answered, and withholds the value (RFC 9537, or a marker in its place): of a field, not of a try."""
    NO_ENDPOINT = "no_endpoint"
    """No server is known for this TLD or registrar."""
    SKIPPED_BUDGET = "skipped_budget"
    """Not asked: the endpoint's budget for the day was spent on names that were worth more."""
    SKIPPED_PAUSED = "skipped_paused"
    """Not asked: the endpoint told us to wait, or does not answer, for longer than a run waits."""
    SKIPPED_POLICY = "skipped_policy"
    """Not asked: a setting or a safety rule forbids it (a private address, an opt-in that is off)."""


ABSENT = frozenset({Outcome.NOT_FOUND})
OBSERVED = frozenset({Outcome.OK})


def knowledge(outcome: Outcome) -> Knowledge:
    """What an outcome lets us say about the field that was looked up."""
    if outcome in OBSERVED:
        return "observed"
    return "absent" if outcome in ABSENT else "not_obtained"
