"""How well WHOIS answers are read: three corpora of real answers, field by field, beside python-whois. One JSON object.

    python tests/bench/bench_rdds.py [--json] [--misses] [--seconds 2]

A field counts where the corpus states its value. A date is right within 14 hours of the expected one, because two of
the corpora drop the time zones that answers state. Name servers and states are compared as sets, registrars without
regard to case and spaces. Files for which python-whois needs more than `--seconds` count as failed for it. Without
`--json` it prints tables; `--misses` lists what ours gets wrong. The corpora are read where they are (CHURN_CORPORA,
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
from pathlib import Path
from typing import Any

import whois.parser

sys.path.insert(0, str(Path(__file__).parent))

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
DATES = {"created", "updated", "expires"}
KINDS = {"registered": "registered_or_not", "available": "registered_or_not"}
"""Kinds of answers that are told in the table under one name; the others have their own."""


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
    if said is None:
        return False
    if field in DATES:
        moment = said.replace(tzinfo=said.tzinfo or dt.UTC) if isinstance(said, dt.datetime) else moment_of(str(said))
        return moment is not None and (
            abs(moment - expected) <= dt.timedelta(hours=14)
            or (expected.time() == dt.time() and moment.date() == expected.date())
        )
    if field == "name_servers":
        return host_set([said] if isinstance(said, str) else said) == expected
    if field == "status":
        return Case.states(said) == expected
    if field == "abuse_phone":
        return _digits(said) == _digits(expected)
    if field == "registrar":
        return _name(said) in map(_name, expected)
    return _plain(said) == _plain(expected)


def _plain(text: object) -> str:
    return "".join(str(text).casefold().split())


def _name(text: object) -> str:
    """A registrar's name without what registries put behind it: a tag, an address, its number with them."""
    return re.sub(r"\[tag=[^]]*\]$|\((?:https?|www\.)[^)]*\)$|\([a-z]*-?\d+(?:-[a-z]+)?\)$", "", _plain(text))


def _digits(text: object) -> str:
    return "".join(filter(str.isdigit, str(text)))


def rows_of(case: Case, said: dict[str, Any]) -> dict[str, bool]:
    """For every field that the corpus states, whether it is right."""
    kinds = {"available", "reserved"} if case.kind == "available" else {case.kind}
    rows = {KINDS.get(case.kind, case.kind): said["kind"] in kinds} if case.kind else {}
    if case.kind in {"reserved", "refused", "broken"}:  # all that matters: no record, and not a rate limit
        rows = {case.kind: said["kind"] != "throttled" and (said["kind"] != "registered" or case.is_registered)}
    return rows | {field: right(field, said.get(field), case.expected[field]) for field in case.expected}


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
    done, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        for case in cases:
            parse_whois(case.raw, case.domain, HASHES)
        done += len(cases)
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
    parser.add_argument("--json", action="store_true", help="one JSON object (also where the output is no terminal)")
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
