"""How well WHOIS answers are read: three corpora of real answers, field by field, beside python-whois. One JSON object.

    python tests/bench/bench_rdds.py [--json] [--misses] [--seconds 2]

A field counts where the corpus states its value. A date is right within 14 hours of the expected one, because two of
the corpora drop the time zones that answers state. Name servers and states (EPP's) are compared as sets, registrars
without regard to case, spaces, and tags behind the name; `reserved` counts as available, since nobody has the name.
Files for which python-whois needs more than `--seconds` count as failed for it. On a terminal it prints tables;
`--misses` lists what ours gets wrong. The corpora are read where they are (CHURN_CORPORA,
or ../shared/corpora beside the checkout). `rdds_cases.py` reads the expectations.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import whois.parser
from rdds_cases import FIELDS, Case, all_cases, host_set, moment_of

from churn.enrich import parse_whois
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

HASHES = Pseudonymiser(b"k" * 32)
COLUMN_OF = {
    "registrar": "registrar",
    "iana_id": "registrar_iana_id",
    "created": "created_at",
    "updated": "updated_at",
    "expires": "expires_at",
    "status": "status",
    "name_servers": "nameservers",
    "abuse_email": "abuse_email",
    "abuse_phone": "abuse_phone",
}


def ours(case: Case) -> dict[str, Any]:
    """What the product says: the kind of the answer, and the fields of its record."""
    outcome, record, detail = parse_whois(case.raw, case.domain, HASHES)
    kind = {
        Outcome.OK: "registered",
        Outcome.NOT_FOUND: "reserved" if (detail or "").startswith("reserved") else "available",
        Outcome.RATE_LIMITED: "throttled",
    }.get(outcome, outcome.value)
    return {"kind": kind, **{field: (record or {}).get(column) for field, column in COLUMN_OF.items()}}


class _TooSlowError(Exception):
    pass


def _interrupt(*_: object) -> None:
    raise _TooSlowError


def python_whois(case: Case, seconds: float) -> dict[str, Any]:
    """What python-whois says of the same text, within a time limit (its expressions can be interrupted)."""
    text = case.raw.decode("utf-8", "replace")
    signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        entry = whois.parser.WhoisEntry.load(case.domain or f"example.{case.group}", text)
    except whois.parser.WhoisDomainNotFoundError:
        return {"kind": "available"}
    except Exception:  # noqa: BLE001 - it raises many types, also for time: none of them is an answer
        return {"kind": "failed"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    first = {name: value[0] if isinstance(value, list) and value else value for name, value in entry.items()}
    status = entry.get("status")
    return {
        "kind": "registered" if any(entry.values()) else "failed",
        "registrar": first.get("registrar"),
        "iana_id": first.get("registrar_id"),
        "created": first.get("creation_date"),
        "updated": first.get("updated_date"),
        "expires": first.get("expiration_date"),
        "status": [status] if isinstance(status, str) else status,
        "name_servers": entry.get("name_servers"),
        "abuse_email": first.get("registrar_abuse_email") or first.get("emails"),
        "abuse_phone": first.get("registrar_abuse_phone"),
    }


def right(field: str, said: Any, expected: Any) -> bool:
    """Whether a field's value is the expected one."""
    return said is not None and _SAME.get(field, _same_text)(said, expected)


def _same_day(said: Any, expected: dt.datetime) -> bool:
    moment = said.replace(tzinfo=said.tzinfo or dt.UTC) if isinstance(said, dt.datetime) else moment_of(str(said))
    if moment is None:
        return False
    is_day = expected.time() == dt.time()
    return abs(moment - expected) <= dt.timedelta(hours=14) or (is_day and moment.date() == expected.date())


def _same_text(said: object, expected: object) -> bool:
    return _plain(said) == _plain(expected)


def _plain(text: object) -> str:
    return "".join(str(text).casefold().split())


def _name(text: object) -> str:
    """A registrar's name without what registries put behind it: a tag, an address, its number with them."""
    return re.sub(r"\[tag=[^]]*\]$|\((?:https?|www\.)[^)]*\)$|\([a-z]*-?\d+(?:-[a-z]+)?\)$", "", _plain(text))


def _digits(text: object) -> str:
    return "".join(filter(str.isdigit, str(text)))


_SAME: dict[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("created", "updated", "expires"), _same_day),
    "name_servers": lambda said, expected: host_set([said] if isinstance(said, str) else said) == expected,
    "status": lambda said, expected: Case.states(said) == expected,
    "abuse_phone": lambda said, expected: _digits(said) == _digits(expected),
    "registrar": lambda said, expected: _name(said) in map(_name, expected),
}


def rows_of(case: Case, said: dict[str, Any]) -> dict[str, bool]:
    """For every field that the corpus states, whether it is right."""
    rows = {field: right(field, said.get(field), case.expected[field]) for field in case.expected}
    if case.kind in {"registered", "available"}:
        kinds = {"registered": {"registered"}, "available": {"available", "reserved"}}[case.kind]
        return {"registered_or_not": said["kind"] in kinds} | rows
    if case.kind == "throttled":
        return {"throttled": said["kind"] == "throttled"} | rows
    if case.kind:  # reserved, refused, broken: no record (but where it is registered too), and no limit
        allowed = said["kind"] != "throttled" and (said["kind"] != "registered" or case.is_registered)
        return {case.kind: allowed} | rows
    return rows


def table_of(cases: list[Case], seconds: float) -> dict[str, dict[str, dict[str, float]]]:
    """Shares that are right by corpus and field, with the number of answers."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for case in cases:
        for who, said in (("ours", ours(case)), ("python_whois", python_whois(case, seconds))):
            for field, good in rows_of(case, said).items():
                for corpus in (case.corpus, "all"):
                    counts[corpus, field, who] += good
                    counts[corpus, field, "n"] += who == "ours"
    order = ["registered_or_not", "throttled", "reserved", "refused", "broken", *FIELDS]
    corpora = sorted({corpus for corpus, _, _ in counts}, key=lambda name: (name == "all", name))
    return {
        corpus: {
            field: {
                "n": n,
                "ours": round(counts[corpus, field, "ours"] / n, 4),
                "python_whois": round(counts[corpus, field, "python_whois"] / n, 4),
            }
            for field in order
            if (n := counts[corpus, field, "n"])
        }
        for corpus in corpora
    }


def speed(cases: list[Case], seconds: float = 3.0) -> dict[str, int]:
    """Answers a second on one core: ordinary gTLD records, and all."""
    gtld = [case for case in cases if case.kind == "registered" and b"Registrar IANA ID:" in case.raw]
    return {f"{name}_per_second": _rate(some, seconds) for name, some in (("gtld", gtld), ("all", cases))}


def _rate(cases: list[Case], seconds: float) -> int:
    answers = [(case.raw, case.domain) for case in cases]
    done, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        for raw, domain in answers:
            parse_whois(raw, domain, HASHES)
        done += len(answers)
    return round(done / (time.process_time() - started))


def _misses(cases: list[Case]) -> None:
    for case in cases:
        said = ours(case)
        for field, good in rows_of(case, said).items():
            if not good:
                expected = case.expected.get(field, case.kind)
                print(
                    f"{field:18} {case.path}\n    expected {expected!r}\n    ours     {said.get(field, said['kind'])!r}"
                )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object (as where the output is no terminal)")
    parser.add_argument("--misses", action="store_true", help="list what ours gets wrong, and nothing else")
    parser.add_argument("--seconds", type=float, default=2.0, help="time limit of a file for python-whois")
    arguments = parser.parse_args()
    cases = all_cases()
    if arguments.misses:
        _misses(cases)
        return
    table = table_of(cases, arguments.seconds)
    if arguments.json or not sys.stdout.isatty():
        print(json.dumps({"files": len(cases), "whois": table, **speed(cases)}))
        return
    for corpus, fields in table.items():
        print(f"{corpus:24}     n     ours  python-whois")
        for field, share in fields.items():
            print(f"  {field:22} {share['n']:5.0f}  {share['ours']:7.1%}  {share['python_whois']:12.1%}")


if __name__ == "__main__":
    main()
