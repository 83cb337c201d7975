r"""Records of a master file (RFC 1035, section 5), byte by byte: the loop that numba compiles.

It works on a buffer that ends anywhere: a record whose end is not there yet is left for the next call, so no state is
kept inside a record. What is kept between calls is in `master_work`. Reading files, Arrow and Parquet are in
`master_file`; nothing here knows of them.

Names are kept in one spelling: lower case, no final dot, octets that mean something to a master file escaped as
`\X` or `\DDD`. No two names share a spelling, and none needs more than `LONGEST_NAME` octets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dns.rdatatype import RdataType, is_metatype, to_text
from numba import njit

from churn.collect.formats.master_work import Octets, Work, new_work
from churn.errors import UsageError

LONGEST_RECORD = 1 << 20

OK, UNFINISHED, TOO_LONG, CUT_OFF, UNBALANCED, OPEN_QUOTE, BARE_ESCAPE = range(7)
NO_OWNER, BAD_OWNER, NO_ORIGIN, BAD_DIRECTIVE, INCLUDE, BAD_ORIGIN, BAD_TTL, NO_TYPE, BAD_CLASS = range(7, 16)
BAD_NS, BAD_SOA, SECOND_SOA, NO_APEX, OUTSIDE = range(16, 21)

REASONS = {
    TOO_LONG: f"longer than {LONGEST_RECORD:,} bytes",
    CUT_OFF: "the file ends within this record",
    UNBALANCED: "a closing parenthesis that nothing opened",
    OPEN_QUOTE: "a quoted text that does not end on its line",
    BARE_ESCAPE: "a backslash at the end of a line",
    NO_OWNER: "no owner, and no record with a readable one before it",
    BAD_OWNER: "the owner is no domain name",
    NO_ORIGIN: "a relative name, and no origin is known",
    BAD_DIRECTIVE: "a directive that is not read here",
    INCLUDE: "$INCLUDE: no other file is opened",
    BAD_ORIGIN: "$ORIGIN without a domain name",
    BAD_TTL: "no time to live",
    NO_TYPE: "no record: a known type and data must follow the owner",
    BAD_CLASS: "of another class than IN",
    BAD_NS: "an NS record must name one server",
    BAD_SOA: "an SOA record must have seven fields, the third a serial number",
    SECOND_SOA: "an SOA record of another name than the first",
    NO_APEX: "an NS record before the SOA record, and no origin is known",
    OUTSIDE: "the owner is not in the zone",
}
"""What each fault is called."""

_NEWLINE, _TAB, _RETURN, _SPACE, _QUOTE, _OPEN, _CLOSE = b'\n\t\r "()'
_DOT, _ZERO, _NINE, _SEMICOLON, _AT, _BACKSLASH, _DOLLAR, _STAR, _HASH = b".09;@\\$*#"
_BASE, _LONGEST_WORD = 38, 12


def _octets(members: bytes) -> npt.NDArray[np.bool_]:
    return np.isin(np.arange(256), list(members))


_ENDS_TOKEN = _octets(b'\t\n\r "();\\')
_ESCAPED = _octets(b'"().;\\@$')
_NUMBER_OCTET = _octets(b"0123456789")
_TTL_OCTET = _octets(b"0123456789wdhmsWDHMS")
_LOWER = np.array([o + 32 if 65 <= o <= 90 else o for o in range(256)], np.uint8)
_PLAIN = np.array([_LOWER[o] if 32 < o < 127 and not _ESCAPED[o] else 0 for o in range(256)], np.uint8)
_DIGIT = np.array([b"abcdefghijklmnopqrstuvwxyz0123456789-".find(_LOWER[o]) + 1 for o in range(256)], np.int64)


# Nothing here allocates, so numba's reference counts (`_nrt`) may go; that and calls made inline: six times as fast.
# All of the loop, and all numbers that it is compiled with, are in this one file because numba's cache does not notice
# a change in another: what was compiled before would go on without it.
_compiled = njit(cache=True, nogil=True, error_model="numpy", _nrt=False, forceinline=True)


def word(text: str) -> int:
    """The number that stands for a mnemonic in the loop: its letters, digits and hyphens to the base of 38."""
    number = 0
    for octet in text.encode("ascii"):
        number = number * _BASE + int(_DIGIT[octet])
    return number


_IN, _CLASS1, _NS, _TYPE2, _SOA = word("IN"), word("CLASS1"), word("NS"), word("TYPE2"), word("SOA")
_ORIGIN, _TTL, _INCLUDE = word("ORIGIN"), word("TTL"), word("INCLUDE")
_CH, _HS, _CS, _CLASS, _TYPE = word("CH"), word("HS"), word("CS"), word("CLASS"), word("TYPE")
_TYPES = np.array(sorted(word(to_text(known)) for known in RdataType if not is_metatype(known)))


def begin(origin: str | None) -> Work:
    """A fresh start; `origin` is the zone's name, where it is known from elsewhere. Raises UsageError if it is none."""
    work = new_work(_TYPES)
    if origin is not None:
        text = np.frombuffer(f"{origin.rstrip('.')}.".encode(), np.uint8)
        length = _name(text, 0, len(text), work, work.origin)
        if length < 0:
            raise UsageError(f"The zone {origin!r} is no domain name; correct the feed.")
        work.apex[:] = work.origin
        work.state["origin"] = work.state["apex"] = length
    return work


@_compiled
def read_records(octets: Octets, end: int, work: Work, is_last: bool) -> bool:
    """Read the records of octets[state.at:end]; whether all that can be read has been.

    False means that `names` is full: empty it (rows = 0) and call again. Otherwise what is left from state.at on is
    a record without its end, which the next call must find at the start of what it gets.
    """
    state = work.state[0]
    state.data = -1  # what came before may have been moved
    while state.at < end:
        if state.rows == len(work.offsets) - 1 or work.offsets[state.rows] + len(work.owner) > len(work.names):
            return False
        if state.skips == 0 and not _repeats(octets, end, state):
            start, line = state.at, state.line
            stop = min(end, start + LONGEST_RECORD)
            state.fault, state.depth, state.data = OK, 0, -1
            _record(octets, stop, work)
            if state.fault == UNFINISHED:
                if stop < start + LONGEST_RECORD and not is_last:
                    state.at, state.line = start, line
                    return True
                state.fault = TOO_LONG if stop == start + LONGEST_RECORD else CUT_OFF
            if state.fault != OK:
                _put_aside(work, line, start, state.at)
            state.like = start
            if state.fault != OK or state.line != line:
                state.data = -1
        state.at = _line_end(octets, state.at, end)
        state.skips = state.at == end
        if state.at < end:
            state.at += 1
            state.line += 1
    return True


@_compiled
def _repeats(octets: Octets, end: int, state: Any) -> bool:
    """Read another NS record of the same owner, if it is spelled alike up to its data, as most records of a zone are.

    It says nothing new, and only its data has to be looked at: one token, to the end of the line.
    """
    length = state.data - state.like
    at = state.at + length
    if state.data < 0 or at >= end:
        return False
    for place in range(length):
        if octets[state.at + place] != octets[state.like + place]:
            return False
    stop = min(end, state.at + LONGEST_RECORD)
    data = at
    while at < stop and not _ENDS_TOKEN[octets[at]]:
        at += 1
    if at in (stop, data) or octets[at] != _NEWLINE:
        return False
    state.records += 1
    state.closed = False
    state.at = at
    return True


@_compiled
def _put_aside(work: Work, line: int, start: int, stop: int) -> None:
    state = work.state[0]
    state.faults += 1
    if state.shown < len(work.faults):
        fault = work.faults[state.shown]
        fault.line, fault.reason, fault.start, fault.stop = line, state.fault, start, stop
        state.shown += 1


@_compiled
def _line_end(octets: Octets, at: int, end: int) -> int:
    while at < end and octets[at] != _NEWLINE:
        at += 1
    return at


@_compiled
def _token(octets: Octets, end: int, state: Any) -> tuple[int, int]:
    """Where the record's next token starts and stops; the same twice where there is none, or it can't be read."""
    at = state.at
    while at < end:
        octet = octets[at]
        if octet == _NEWLINE:
            if state.depth == 0:
                state.at = at
                return at, at
            state.line += 1
        elif octet == _SEMICOLON:
            at = _line_end(octets, at, end) - 1
        elif octet == _OPEN:
            state.depth += 1
        elif octet == _CLOSE:
            state.depth -= 1
            if state.depth < 0:
                return _stuck(state, at, UNBALANCED)
        elif octet == _QUOTE:
            return _quoted(octets, at, end, state)
        elif octet not in (_SPACE, _TAB, _RETURN):
            return _bare(octets, at, end, state)
        at += 1
    return _stuck(state, end, UNFINISHED)


@_compiled
def _stuck(state: Any, at: int, fault: int) -> tuple[int, int]:
    state.at, state.fault = at, fault
    return at, at


@_compiled
def _bare(octets: Octets, at: int, end: int, state: Any) -> tuple[int, int]:
    start = at
    while at < end:
        if not _ENDS_TOKEN[octets[at]]:
            at += 1
        elif octets[at] != _BACKSLASH:
            state.at = at
            return start, at
        elif at + 1 < end and octets[at + 1] == _NEWLINE:
            return _stuck(state, at + 1, BARE_ESCAPE)
        else:
            at += 2
    return _stuck(state, end, UNFINISHED)


@_compiled
def _quoted(octets: Octets, at: int, end: int, state: Any) -> tuple[int, int]:
    start = at
    at += 1
    while at < end:
        if octets[at] == _NEWLINE:
            return _stuck(state, at, OPEN_QUOTE)
        if octets[at] == _QUOTE:
            state.at = at + 1
            return start, at + 1
        if octets[at] == _BACKSLASH and at + 1 < end and octets[at + 1] != _NEWLINE:
            at += 1
        at += 1
    return _stuck(state, end, UNFINISHED)


@_compiled
def _record(octets: Octets, end: int, work: Work) -> None:
    """Read a record, a directive or an empty line up to its end; a delegation goes to `names`.

    Nothing but the owner may change before the end has been seen: the record may have to be read once more.
    """
    state = work.state[0]
    has_owner = octets[state.at] not in (_SPACE, _TAB, _RETURN)
    start, stop = _token(octets, end, state)
    if start == stop:
        return
    if has_owner and octets[start] == _DOLLAR:
        _directive(octets, start, stop, end, work)
        return
    if has_owner:
        state.owner = _name(octets, start, stop, work, work.owner)
        wrong = -state.owner if state.owner < 0 else OK
        start, stop = _token(octets, end, state)
    else:
        wrong = NO_OWNER if state.owner < 0 else OK
    kind = _type(octets, start, stop, end, work)
    count, third, is_generic = _data(octets, end, state)
    if kind != _NS or count != 1 or is_generic:
        state.data = -1
    if state.fault == OK:
        is_wrong = wrong != OK and kind != -NO_TYPE
        state.fault = wrong if is_wrong else _keep(kind, 1 if is_generic else count, third, work)


@_compiled
def _directive(octets: Octets, start: int, stop: int, end: int, work: Work) -> None:
    state = work.state[0]
    directive = _word(octets, start + 1, stop)
    start, stop = _token(octets, end, state)
    wrong, length = BAD_DIRECTIVE, -1
    if directive == _ORIGIN:
        length = _name(octets, start, stop, work, work.scratch)
        wrong = BAD_ORIGIN if length < 0 else OK
    elif directive == _TTL:
        wrong = OK if _consists_of(_TTL_OCTET, octets, start, stop) else BAD_TTL
    elif directive == _INCLUDE:
        wrong = INCLUDE
    count = _data(octets, end, state)[0]
    if state.fault == OK:
        state.fault = BAD_DIRECTIVE if wrong == OK and count > 0 else wrong
        if directive == _ORIGIN:  # without a readable origin no relative name may be made absolute by the old one
            state.origin = length if state.fault == OK else -NO_ORIGIN
            _copy(work.scratch, work.origin)


@_compiled
def _type(octets: Octets, start: int, stop: int, end: int, work: Work) -> int:
    """Number of the record's type, after at most one time to live and one class in either order; else -fault."""
    ttls, classes, wrong = 0, 0, OK
    while start < stop:
        if _ZERO <= octets[start] <= _NINE:
            ttls += 1
            if not _consists_of(_TTL_OCTET, octets, start, stop):
                wrong = BAD_TTL
        else:
            kind = _word(octets, start, stop)
            if kind in (_CH, _HS, _CS) or _is_numbered(_CLASS, 5, octets, start, stop):
                wrong = wrong if kind == _CLASS1 else BAD_CLASS
            elif kind != _IN:
                known = kind in (_NS, _SOA) or _is_in(kind, work.types) or _is_numbered(_TYPE, 4, octets, start, stop)
                if not known or ttls > 1 or classes > 1:
                    return -NO_TYPE
                return kind if wrong == OK else -wrong
            classes += 1
        start, stop = _token(octets, end, work.state[0])
    return -NO_TYPE


@_compiled
def _data(octets: Octets, end: int, state: Any) -> tuple[int, int, bool]:
    """How many tokens the record has left, the third of them as a number (else -1), and whether RFC 3597 is meant."""
    count, third, is_generic = 0, -1, False
    start, stop = _token(octets, end, state)
    while start < stop:
        count += 1
        if count == 1:
            state.data = start if state.depth == 0 else -1
            is_generic = stop - start == 2 and octets[start] == _BACKSLASH and octets[start + 1] == _HASH
        elif count == 3 and stop - start <= 10 and _consists_of(_NUMBER_OCTET, octets, start, stop):
            third = 0
            for at in range(start, stop):
                third = third * 10 + octets[at] - _ZERO
        start, stop = _token(octets, end, state)
    return count, third, is_generic and count > 1


@_compiled
def _keep(kind: int, count: int, third: int, work: Work) -> int:
    """Take a whole record with a readable owner for what it says; returns its fault."""
    state = work.state[0]
    if kind < 0:
        return -kind
    if kind in (_NS, _TYPE2):
        fault = _delegation(work) if count == 1 else BAD_NS
    elif kind == _SOA:
        fault = _authority(third, work) if count == 7 and 0 <= third < 1 << 32 else BAD_SOA
    else:
        fault = OK if count > 0 else NO_TYPE
    if fault == OK:
        state.records += 1
        state.closed = kind == _SOA and state.soas > 1
    return fault


@_compiled
def _authority(serial: int, work: Work) -> int:
    state = work.state[0]
    if state.soas > 0 and not _are_equal(work.owner, state.owner, work.apex, state.apex):
        return SECOND_SOA
    _copy(work.owner, work.apex)
    state.apex = state.owner
    state.serial = serial
    state.soas += 1
    return OK


@_compiled
def _delegation(work: Work) -> int:
    """Add the owner to `names` if it is below the apex, no wildcard and not the one before."""
    state, owner = work.state[0], work.owner
    length = state.owner
    if state.apex < 0:
        return NO_APEX
    if _are_equal(owner, length, work.apex, state.apex):
        return OK
    if not _is_below(owner, length, work.apex, state.apex):
        return OUTSIDE
    is_wildcard = owner[0] == _STAR and (length == 1 or owner[1] == _DOT)
    if is_wildcard or _are_equal(owner, length, work.last, state.last):
        return OK
    start = work.offsets[state.rows]
    for at in range(length):
        work.names[start + at] = work.last[at] = owner[at]
    state.last = length
    state.rows += 1
    work.offsets[state.rows] = start + length
    return OK


@_compiled
def _is_below(name: Octets, length: int, apex: Octets, apex_length: int) -> bool:
    if apex_length == 0:
        return length > 0
    dot = length - apex_length - 1
    if dot <= 0 or name[dot] != _DOT:
        return False
    for at in range(apex_length):
        if name[dot + 1 + at] != apex[at]:
            return False
    escapes = 0
    while escapes < dot and name[dot - 1 - escapes] == _BACKSLASH:
        escapes += 1
    return escapes % 2 == 0


@_compiled
def _are_equal(left: Octets, left_length: int, right: Octets, right_length: int) -> bool:
    at = 0
    while at < min(left_length, right_length) and left[at] == right[at]:
        at += 1
    return bool(left_length == right_length == at)


@_compiled
def _copy(name: Octets, target: Octets) -> None:
    for at in range(len(target)):
        target[at] = name[at]


@_compiled
def _name(octets: Octets, start: int, stop: int, work: Work, target: Octets) -> int:
    """Write a token's name to `target` in its one spelling; its length, or -fault."""
    if stop - start == 1 and octets[start] == _DOT:
        return 0
    if stop - start == 1 and octets[start] == _AT:
        return _within_origin(0, 1, work, target)
    if start == stop or octets[start] == _QUOTE:
        return -BAD_OWNER
    at, length, label, wire = start, 0, 0, 1
    while at < stop:
        octet = int(octets[at])
        at += 1
        if octet == _DOT:
            if label == 0:
                return -BAD_OWNER
            wire, label = wire + label + 1, 0
            if at < stop:
                length = _append(target, length, octet, False)
            continue
        if octet == _BACKSLASH:
            octet, at = _unescaped(octets, at, stop)
        label += 1
        if octet < 0 or label > 63 or wire + label + 1 > 255:
            return -BAD_OWNER
        length = _append(target, length, octet, True)
    return length if label == 0 else _within_origin(length, wire + label + 1, work, target)


@_compiled
def _within_origin(length: int, wire: int, work: Work, target: Octets) -> int:
    """Complete a relative name of `length` in `target`, `wire` octets long in a message, by the origin."""
    state = work.state[0]
    if state.origin < 0:
        return -NO_ORIGIN
    at = 0
    while at < state.origin:  # an escaped octet is one in a message
        wire += 1
        if work.origin[at] == _BACKSLASH:
            at += 3 if _ZERO <= work.origin[at + 1] <= _NINE else 1
        at += 1
    if wire + (state.origin > 0) > 255:
        return -BAD_OWNER
    if length > 0 and state.origin > 0:
        length = _append(target, length, _DOT, False)
    for at in range(state.origin):
        target[length + at] = work.origin[at]
    return length + int(state.origin)


@_compiled
def _append(target: Octets, length: int, octet: int, is_escaped: bool) -> int:
    """Write an octet of a name; the name's new length."""
    plain = _PLAIN[octet] if is_escaped else octet
    if plain != 0:
        target[length] = plain
        return length + 1
    target[length] = _BACKSLASH
    if _ESCAPED[octet]:
        target[length + 1] = octet
        return length + 2
    target[length + 1] = _ZERO + octet // 100
    target[length + 2] = _ZERO + octet // 10 % 10
    target[length + 3] = _ZERO + octet % 10
    return length + 4


@_compiled
def _unescaped(octets: Octets, at: int, stop: int) -> tuple[int, int]:
    r"""What `\DDD` or `\X` stands for (-1: nothing), and where it ends; `at` is behind the backslash."""
    if not _ZERO <= octets[at] <= _NINE:
        return int(octets[at]), at + 1
    if at + 3 > stop or not _consists_of(_NUMBER_OCTET, octets, at, at + 3):
        return -1, at
    value = 100 * (octets[at] - _ZERO) + 10 * (octets[at + 1] - _ZERO) + (octets[at + 2] - _ZERO)
    return value if value < 256 else -1, at + 3


@_compiled
def _word(octets: Octets, start: int, stop: int) -> int:
    """The number of a mnemonic, in any case; 0 for what is none."""
    if stop - start > _LONGEST_WORD:
        return 0
    number = 0
    for at in range(start, stop):
        digit = _DIGIT[octets[at]]
        if digit == 0:
            return 0
        number = number * _BASE + digit
    return number


@_compiled
def _is_numbered(prefix: int, length: int, octets: Octets, start: int, stop: int) -> bool:
    """Whether a token is `prefix`, a word of so many letters, and a number after it (RFC 3597)."""
    if _word(octets, start, min(stop, start + length)) != prefix:
        return False
    return stop - start <= length + 5 and _consists_of(_NUMBER_OCTET, octets, start + length, stop)


@_compiled
def _is_in(kind: int, types: npt.NDArray[np.int64]) -> bool:
    at = np.searchsorted(types, kind)
    return bool(at < len(types) and types[at] == kind)


@_compiled
def _consists_of(members: npt.NDArray[np.bool_], octets: Octets, start: int, stop: int) -> bool:
    for at in range(start, stop):
        if not members[octets[at]]:
            return False
    return start < stop
