"""What three corpora of WHOIS answers expect of a reader: their own formats, made into one kind of case.

Also the list of expectations that are wrong, with the reason for each. What doesn't belong here: comparing (that is
bench_rdds.py), and reading answers.
"""

from __future__ import annotations

import ast
import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dateutil.parser import parse as parse_date
from dateutil.tz import tzoffset

FIELDS = (
    "registrar",
    "iana_id",
    "created",
    "updated",
    "expires",
    "status",
    "name_servers",
    "abuse_email",
    "abuse_phone",
)
_EPP = (
    "addPeriod autoRenewPeriod clientDeleteProhibited clientHold clientRenewProhibited clientTransferProhibited "
    "clientUpdateProhibited inactive ok pendingCreate pendingDelete pendingRenew pendingRestore pendingTransfer "
    "pendingUpdate redemptionPeriod renewPeriod serverDeleteProhibited serverRenewProhibited serverTransferProhibited "
    "serverUpdateProhibited serverHold transferPeriod"
)
STATES = {name.lower(): name for name in _EPP.split()}
HOURS = {"JST": 9, "WAT": 1, "CLT": -4, "CLST": -3, "EET": 2, "EEST": 3, "CET": 1, "CEST": 2, "EST": -5, "EDT": -4}
HOURS |= {"PST": -8, "PDT": -7, "MSK": 3, "BRT": -3, "EAT": 3, "BST": 1}

_REGISTRY_WRONG = "the date is dd.mm.yyyy, as the registry writes all of its dates; expected is mm.dd.yyyy"
_MONTH_FIRST = "the answer's other date (12/18/2001) shows that this server writes the month first"
WRONG: dict[str, dict[str, str]] = {
    "google.co.ve.txt": {"created": _REGISTRY_WRONG, "expires": _REGISTRY_WRONG, "updated": "a contact's change"},
    "tk_google.tk": {"expires": _MONTH_FIRST},
    "tk_zcore.tk": {"expires": _MONTH_FIRST.replace("12/18/2001", "11/29/2016")},
    "gov.uk.txt": {"registrar": "a sentence: no registrar listed"},
    "whois.nic.uk/uk/status_reserved.txt": {
        "registrar": "the answer says that there is none",
        "created": "`before Aug-1996` is a bound, not a date",
    },
    "whois.comlaude.com/status_registered.txt": {"registrar": "the answer says `Com Laude`"},
    "whois.denic.de/de/status_registered.txt": {"registrar": "the technical contact"},
    "org-whois.registry.net.za/org.za/status_registered.txt": {"expires": "the year 2999 stands for never"},
    "whois.gandi.net/status_available.txt": {"kind": "an empty answer"},
    "whois.nic.bo/bo/status_available.txt": {"kind": "the server says that it answers for another top-level domain"},
    "whois.jprs.jp/jp/status_reserved.txt": {"updated": "a reserved name has no record"},
    "noterror/ee_": {"updated": "the change of the name servers"},
    "google.sk.txt": {"registrar": "its handle; the answer has the name too"},
    "whois.iana.org/tld/status_not_assigned.txt": {"updated": "nothing is registered, so there is no record"},
    "google.com.ua.txt": {"status": "`ok` is IANA's of the top-level domain"},
    "whois.nic.es/es/status_registered.txt": {
        "created": "`16/09/03` is the 16th; expected takes it for the year",
        "expires": "`16/09/14` is the 16th; expected takes it for the year",
        "registrar": "a constant of the corpus's parser",
    },
    "whois.nic.es/es/status_available.txt": {"registrar": "a constant of the corpus's parser"},
    "com_rockcreekcc.com": {"registrar": "that of the registry's answer; the registrar's own stands below it"},
}
"""Expectations that are not counted: part of the file's path, field, and why."""


@dataclass(frozen=True)
class Case:
    """One answer: whose, about which domain, of what kind, and the values that the corpus states (FIELDS)."""

    corpus: str
    path: Path
    group: str
    """The top-level domain, else the server: what is held out together."""
    domain: str | None
    kind: str | None
    """registered, available, throttled, reserved, refused, broken, or None where nothing is stated."""
    expected: dict[str, Any] = field(default_factory=dict)
    is_registered: bool = False
    """Whether the corpus says of a reserved name that it is registered too."""

    @property
    def raw(self) -> bytes:
        """The answer."""
        return self.path.read_bytes()

    @staticmethod
    def states(texts: list[str] | None) -> set[str]:
        """EPP names among the states that a corpus or a parser gives."""
        words = (re.sub(r"[\s_-]", "", str(text).split("http")[0].split("(")[0]).lower() for text in texts or ())
        return {STATES[word] for word in words if word in STATES}


def corpora_folder() -> Path:
    """Where the corpora of registration answers are."""
    beside = Path(__file__).parents[3] / "shared" / "corpora"
    return Path(os.environ.get("CHURN_CORPORA") or beside) / "rdds"


def all_cases(folder: Path | None = None) -> list[Case]:
    """Every WHOIS answer that has an expectation."""
    folder = folder or corpora_folder()
    found = [
        *_likexian(folder / "likexian-whois-parser" / "testdata"),
        *_structly(folder / "bytevader-structly" / "tests" / "samples"),
        *_weppos(folder / "weppos-whois-parser" / "spec" / "fixtures" / "responses"),
    ]
    return [case for case in map(_without_wrong, found) if case.kind or case.expected]


def _without_wrong(case: Case) -> Case:
    for part, reasons in WRONG.items():
        if part in case.path.as_posix():
            kept = {name: value for name, value in case.expected.items() if name not in reasons}
            return replace(case, expected=kept, kind=None if "kind" in reasons else case.kind)
    return case


def moment_of(text: str) -> dt.datetime | None:
    """A date as the corpora spell them; without a time zone it counts as UTC."""
    text = re.sub(r"\((?:UTC|GMT)([+-]\d{1,2})(?::00)?\)", r"\1:00", text.replace("-T", "T"))
    text = re.sub(r"\(YYYY-MM-DD\)| #\d+|:-0500Z$", "", text).replace("(JST)", "JST")
    first_is_day = not re.match(r"\d{4}|\d{2}/\d{2}/\d{2}$", text)
    try:
        moment = parse_date(
            text,
            dayfirst=first_is_day,
            yearfirst=not first_is_day,
            tzinfos={name: tzoffset(name, hours * 3600) for name, hours in HOURS.items()},
            default=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
        )
    except (ValueError, OverflowError):
        return None
    return moment


def host_set(names: Any) -> set[str]:
    """Host names in one spelling."""
    hosts = {str(name).strip().lower().rstrip(".").split()[0] for name in names or () if str(name).strip()}
    return {host.encode("idna").decode() if not host.isascii() else host for host in hosts if "." in host}


def _expectation(values: dict[str, Any]) -> dict[str, Any]:
    """Only what is stated, dates as instants and name servers as a set."""
    kept = {name: value for name, value in values.items() if value not in (None, "", [], [""], "nil")}
    for name in ("created", "updated", "expires"):
        if name in kept:
            moment = moment_of(str(kept[name]))
            kept.pop(name)
            if moment:
                kept[name] = moment
    if servers := host_set(kept.pop("name_servers", ())):
        kept["name_servers"] = servers
    if "status" in kept and (states := Case.states(kept.pop("status"))):
        kept["status"] = states
    return kept


def _likexian(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("notfound/*")):
        domain = path.name.partition("_")[2]
        if domain and path.suffix not in {".md", ".pre"}:
            yield Case("likexian", path, domain.rpartition(".")[2], domain, "available")
    for told in sorted(folder.glob("noterror/*.json")):
        body = json.loads(told.read_bytes())
        domain, registrar = body["domain"], body.get("registrar", {})
        values = {
            "registrar": [registrar[key] for key in ("name", "organization") if registrar.get(key)],
            "iana_id": registrar.get("id") if str(registrar.get("id")).isdigit() else None,
            "created": domain.get("created_date"),
            "updated": domain.get("updated_date"),
            "expires": domain.get("expiration_date"),
            "status": domain.get("status"),
            "name_servers": domain.get("name_servers"),
        }
        name = domain["punycode"]
        yield Case("likexian", told.with_suffix(""), name.rpartition(".")[2], name, "registered", _expectation(values))


def _structly(folder: Path) -> Iterator[Case]:
    for told in sorted(folder.glob("expected/*.txt")):
        body = ast.literal_eval(told.read_text(encoding="utf-8"))
        number = body["registrar_id"]
        values = {
            "registrar": [body["registrar"]] if body["registrar"] else None,
            "iana_id": number if str(number).isdigit() else None,
            "created": body["registered_at"],
            "updated": body["updated_at"],
            "expires": body["expires_at"],
            "status": body["statuses"],
            "name_servers": body["name_servers"],
            "abuse_email": body["abuse"]["email"],
            "abuse_phone": body["abuse"]["telephone"],
        }
        kind = "throttled" if body["is_rate_limited"] else None
        name = (body["domain"] or told.stem).lower()
        if not kind and (values["created"] or values["name_servers"] or values["registrar"]):
            kind = "registered"
        path = folder / "whois" / told.name
        yield Case("structly", path, told.stem.rpartition(".")[2], name, kind, _expectation(values))


def _weppos(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.rglob("*.txt")):
        told = path.with_suffix(".expected.json")
        if path.name.endswith(".expected.txt"):
            continue
        body = json.loads(told.read_bytes()) if told.exists() else {}
        within = path.relative_to(folder).parts
        group = (within[1] if len(within) > 2 else within[0]).rpartition(".")[2]
        names = [body[key] for key in sorted(body) if re.fullmatch(r"nameservers\[\d+\]\.name", key)]
        values = {
            "registrar": _weppos_registrar(body),
            "created": _text(body.get("created_on")),
            "updated": _text(body.get("updated_on")),
            "expires": _text(body.get("expires_on")),
            "name_servers": names,
        }
        domain = _text(body.get("domain"))
        kind, registered = _weppos_kind(path, body), body.get("registered") == "true"
        yield Case("weppos", path, group, domain, kind, _expectation(values), registered)


def _weppos_registrar(body: dict[str, Any]) -> list[str]:
    """Name or organisation; Nominet writes `organisation t/a name`."""
    names = [text for key in ("registrar.name", "registrar.organization") if (text := _text(body.get(key)))]
    return [*names, " t/a ".join(reversed(names))]


def _weppos_kind(path: Path, body: dict[str, Any]) -> str | None:
    is_true = {name for name, value in body.items() if value == "true"}
    status = _text(body.get("status"))
    if "response_throttled" in is_true or path.name.startswith("response_throttled"):
        return "throttled"
    if "response_unavailable" in is_true or "response_incomplete" in is_true:
        return "broken"
    if status in {"reserved", "unavailable"} or "reserved" in is_true:
        return "reserved"
    if "invalid" in is_true or status == "invalid":
        return "refused"
    if "registered" in is_true:
        return "registered"
    return "available" if "available" in is_true else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value != "nil" else None
