"""The lab's MISP feed: the reported list as events, one a day, as the feed stood at the end of each day of the world.

What belongs here: the files of the feed (MISP core format), with what such feeds hold besides names: addresses, hashes,
context that is no indicator, attributes that were deleted. What doesn't: HTTP (`web`).
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import uuid
from typing import Any
from urllib.parse import urlsplit

from churn.lab.feeds import reported_list
from churn.lab.world import World

ORGANISATION = {"name": "Lab", "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:lab:misp"))}
_TLP = {"name": "tlp:green", "colour": "#33FF00"}
_DEFAULTS = {"to_ids": True, "category": "Network activity", "distribution": "5", "deleted": False}
_FORMS = ("url", "domain", "hostname", "domain|ip", "hostname|port")
_BESIDES = (
    {"type": "domain", "value": "search-engine.comlab", "to_ids": False, "comment": "found by way of"},
    {"type": "domain", "value": "reported-in-error.comlab", "deleted": True},
    {"type": "ip-dst", "value": "192.0.2.7"},
    {"type": "sha256", "value": hashlib.sha256(b"lab").hexdigest(), "category": "Payload delivery"},
)


def feed_file(world: World, day: dt.date, name: str) -> bytes | None:
    """A file of the feed as it stood at the end of a day: manifest.json, hashes.csv or an event; none for others."""
    events = {event["uuid"]: event for event in (_event(world, each) for each in world.days if each <= day)}
    if name == "manifest.json":
        kept = ("info", "date", "timestamp", "threat_level_id", "analysis", "Orgc", "Tag")
        return _json({key: {field: event[field] for field in kept} for key, event in events.items()})
    if name == "hashes.csv":
        lines = [f"{_md5(a['value'])},{key}" for key, event in events.items() for a in _all_attributes(event)]
        return "".join(f"{line}\n" for line in lines).encode()
    event = events.get(name.removesuffix(".json"))
    return _json({"Event": event}) if event and name.endswith(".json") else None


def _event(world: World, day: dt.date) -> dict[str, Any]:
    """The event of a day: half of the reports are its own attributes, half are in objects."""
    rows = list(csv.DictReader(reported_list(world, day).decode().splitlines()))
    told = [_attribute(number, row) for number, row in enumerate(rows)]
    moment = dt.datetime.combine(day, dt.time(22, 15), dt.UTC)
    return {
        "uuid": _uuid(world, day, "event"),
        "info": f"Reported on {day}",
        "date": day.isoformat(),
        "timestamp": str(int(moment.timestamp())),
        "threat_level_id": "2",
        "analysis": "2",
        "published": True,
        "Orgc": ORGANISATION,
        "Tag": [_TLP],
        "Attribute": [*told[::2], *({**_DEFAULTS, **extra} for extra in _BESIDES)],
        "Object": [{"name": "url", "uuid": _uuid(world, day, "object"), "deleted": False, "Attribute": told[1::2]}],
    }


def _attribute(number: int, row: dict[str, str]) -> dict[str, Any]:
    form, host = _FORMS[number % len(_FORMS)], urlsplit(row["url"]).hostname
    values = {"url": row["url"], "domain|ip": f"{host}|192.0.2.{number % 250 + 1}", "hostname|port": f"{host}|443"}
    return {
        **_DEFAULTS,
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, row["id"])),
        "type": form,
        "value": values.get(form, host),
        "first_seen": row["reported_at"].replace("Z", ".000000+00:00"),
        "timestamp": str(int(dt.datetime.fromisoformat(row["reported_at"]).timestamp())),
        "Tag": [_TLP, {"name": row["class"]}],
    }


def _all_attributes(event: dict[str, Any]) -> list[dict[str, Any]]:
    return [*event["Attribute"], *(attribute for item in event["Object"] for attribute in item["Attribute"])]


def _uuid(world: World, day: dt.date, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:lab:{world.scale.name}:{world.seed}:{day}:{what}"))


def _md5(value: str) -> str:
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()
