"""MISP events (MISP core format): which of their attributes are reports of a domain.

An attribute is one where its type holds a name, it is not deleted and `to_ids` is set: what has not is context, by
MISP's own meaning. All others are counted, so that what was read adds up. Of the tags those are the label that say what
the name was reported for. Markings (`tlp:`) are no part of it: the marking of all that a feed gives is the feed's own
(`tlp` in the file of feeds), and an event that is marked more strictly than that is not used, but put aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from churn.collect.entries import Entry, Landed, Unread
from churn.collect.formats.json_content import json_value, tell
from churn.collect.formats.tlp import stricter
from churn.collect.transports.misp_feed import is_uuid
from churn.collect.unpack import UnreadableError
from churn.markings import Tlp

NAME_TYPES = frozenset({"domain", "hostname", "url", "uri", "domain|ip", "hostname|port"})
MOST_UNREAD = 1_000
"""Things in one content that are put aside one by one."""
_MACHINE_TAG = re.compile(r'([^:="]+):(?:[^="]+="([^"]*)"|(.*))')
_ABOUT_THE_REPORT = frozenset(
    {
        "tlp",
        "pap",
        "type",
        "osint",
        "workflow",
        "admiralty-scale",
        "estimative-language",
        "confidence",
        "domain-churn",
        "misp",
        "source",
    }
)
"""Namespaces of tags that tell of the report, not of the domain."""
_MOST_TAGS = 8


@dataclass(slots=True)
class _Read:
    """What was read of a content: `left_out` is what is neither a report nor unreadable."""

    entries: list[Entry] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    left_out: int = 0


def read_misp(landed: Landed) -> None:
    """Add the reports of an event (or of several, as MISP's own export has them); of a manifest, what it says."""
    value, read = json_value(landed), _Read()
    if isinstance(value, dict) and not {"Event", "response"} & value.keys():
        _read_manifest(value, read)
    else:
        for event in _events(value):
            _read_event(event, landed.visit.feed.tlp, read)
    if len(read.unread) > MOST_UNREAD:
        more = len(read.unread) - MOST_UNREAD
        read.unread[MOST_UNREAD:] = [Unread(None, f"{more:,} more things of this content can't be read", "")]
    landed.add(read.entries, read.unread)
    tell(landed, read.left_out)


def _events(value: object) -> Iterator[dict[str, object]]:
    wrapped = value.get("response", [value]) if isinstance(value, dict) else value
    for item in wrapped if isinstance(wrapped, list) else [wrapped]:
        event = item.get("Event") if isinstance(item, dict) else None
        if not isinstance(event, dict):
            raise UnreadableError("this is neither a MISP event nor a manifest of events")
        yield event


def _read_manifest(value: dict[str, object], read: _Read) -> None:
    for line, (uuid, about) in enumerate(value.items(), 1):
        if is_uuid(uuid) and isinstance(about, dict):
            read.left_out += 1
        else:
            read.unread.append(Unread(line, "an entry of a MISP manifest that is no event with a UUID", uuid))


def _read_event(event: dict[str, object], allowed: Tlp, read: _Read) -> None:
    tags, reference = _tags(event), _text(event.get("uuid"))
    if reason := stricter([tag for tag in tags if tag.lower().startswith("tlp:")], allowed):
        read.unread.append(Unread(None, reason, reference))
        return
    own = {_text(_dict(event.get("Orgc")).get("name")).casefold(), ""}
    label = _label(tags, own)
    for line, attribute in enumerate(_attributes(event), read.left_out + len(read.entries) + len(read.unread) + 1):
        if not isinstance(attribute, dict):
            read.unread.append(Unread(line, "an attribute of a MISP event that is no object", _text(attribute)))
        elif not _is_report(attribute):
            read.left_out += 1
        elif not isinstance(value := attribute.get("value"), str):
            read.unread.append(
                Unread(line, "an attribute of a MISP event without a value", _text(attribute.get("uuid")))
            )
        else:
            name = value.partition("|")[0] if "|" in _text(attribute.get("type")) else value
            seen = _text(attribute.get("first_seen")) or _text(attribute.get("timestamp")) or None
            tagged = _label(_tags(attribute), own) or label
            read.entries.append(Entry(line, name, seen, reference or None, tagged or None))


def _attributes(event: dict[str, object]) -> Iterator[object]:
    """The event's own attributes, and those of its objects that are not deleted."""
    yield from _list(event.get("Attribute"))
    for item in _list(event.get("Object")):
        if isinstance(item, dict) and not _is_set(item.get("deleted")):
            yield from _list(item.get("Attribute"))


def _is_report(attribute: dict[str, object]) -> bool:
    known = attribute.get("type") in NAME_TYPES if isinstance(attribute.get("type"), str) else False
    return known and _is_set(attribute.get("to_ids")) and not _is_set(attribute.get("deleted"))


def _is_set(value: object) -> bool:
    """MISP writes its booleans as such, as numbers or as text."""
    return value is True or value == 1 or (isinstance(value, str) and value.lower() in {"1", "true"})


def _tags(thing: dict[str, object]) -> list[str]:
    return [_text(_dict(tag).get("name")) for tag in _list(thing.get("Tag"))]


def _label(tags: list[str], without: set[str]) -> str:
    """What the tags say of the domain: plain ones as they stand, of a machine tag its value."""
    told = []
    for tag in tags:
        parts = _MACHINE_TAG.fullmatch(tag)
        if parts and parts[1].lower() in _ABOUT_THE_REPORT:
            continue
        told.append((parts[2] or parts[3] or tag) if parts else tag)
    return ", ".join(dict.fromkeys(text for text in told[:_MOST_TAGS] if text.casefold() not in without))


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
