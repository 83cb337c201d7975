"""The lab's STIX 2.1 objects: the reported list as indicators and observed objects, with such as are no reports.

What belongs here: the objects of a day and their bundle. What doesn't: HTTP (`web`), the TAXII server (`taxii`).
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import uuid
from typing import Any
from urllib.parse import urlsplit

from churn.lab.feeds import reported_list
from churn.lab.world import World

Thing = dict[str, Any]
_BEGINNING = "2020-01-01T00:00:00.000Z"
_PATTERNS = (
    "[url:value = '{url}']",
    "[domain-name:value = '{host}']",
    "[domain-name:value IN ('{host}') AND domain-name:resolves_to_refs[*].value != '192.0.2.1']",
    "[file:name = 'it\\'s.exe'] FOLLOWEDBY [url:value = '{url}' OR ipv4-addr:value = '192.0.2.1'] WITHIN 300 SECONDS",
)


def bundle(world: World, day: dt.date) -> bytes:
    """The bundle of what was reported on a day (the same bytes every time)."""
    key = _id("bundle", world, str(day))
    return json.dumps({"type": "bundle", "id": key, "objects": objects(world, day)}).encode()


def objects(world: World, day: dt.date) -> list[Thing]:
    """The objects of a day: its reports, four in five as indicators, and some that are no reports."""
    rows = list(csv.DictReader(reported_list(world, day).decode().splitlines()))
    found = [each for number, row in enumerate(rows) for each in _report(world, number, row)]
    moment = f"{day}T22:15:00.000Z"
    none = {
        "address": "[ipv4-addr:value = '192.0.2.1']",
        "negated": "[file:name = 'a' AND domain-name:value != 'search-engine.comlab' AND url:value NOT IN ('https://b.comlab')]",
        "revoked": "[domain-name:value = 'reported-in-error.comlab']",
        "other": 'alert dns any any -> any any (dns.query; content:"rule.comlab";)',
    }
    for name, pattern in none.items():
        marks = {"revoked": True} if name == "revoked" else {}
        kind = "snort" if name == "other" else "stix"
        key = f"{day} {name}"
        found.append(_indicator(world, key, pattern, moment) | marks | {"pattern_type": kind})
    return [_identity(world), *found]


def _report(world: World, number: int, row: dict[str, str]) -> list[Thing]:
    at, host = row["reported_at"].replace("Z", ".000Z"), urlsplit(row["url"]).hostname or ""
    if number % 5 == 4:
        return _observation(world, row, host, at)
    pattern = _PATTERNS[number % 5].format(url=row["url"], host=host)
    return [_indicator(world, row["id"], pattern, at) | {"labels": [row["class"]]}]


def _indicator(world: World, key: str, pattern: str, at: str) -> Thing:
    return {
        **_common("indicator", world, key, at),
        "indicator_types": ["malicious-activity"],
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": at,
    }


def _observation(world: World, row: dict[str, str], host: str, at: str) -> list[Thing]:
    seen = {"type": "domain-name", "spec_version": "2.1", "id": _id("domain-name", world, row["id"]), "value": host}
    times = {"first_observed": at, "last_observed": at, "number_observed": 1, "object_refs": [seen["id"]]}
    return [_common("observed-data", world, row["id"], at) | times, seen]


def _identity(world: World) -> Thing:
    return _common("identity", world, "lab", _BEGINNING) | {"name": "Lab", "identity_class": "organization"}


def _common(kind: str, world: World, key: str, at: str) -> Thing:
    return {"type": kind, "spec_version": "2.1", "id": _id(kind, world, key), "created": at, "modified": at}


def _id(kind: str, world: World, key: str) -> str:
    return f"{kind}--{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:lab:{world.scale.name}:{world.seed}:{kind}:{key}')}"
