"""STIX 2.1 objects, in a bundle, a TAXII envelope or a plain list: which of them are reports of a domain.

Reports are indicators with a STIX pattern that names a domain or a URL, and the observed objects `domain-name` and
`url`, of their own or within observed data. What is revoked is none. An indicator that is no longer valid is one still:
`valid_until` says until when to look out for it, not that it was wrong. All others are counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from churn.collect.entries import Entry, Landed, Unread
from churn.collect.formats.json_content import json_value, tell
from churn.collect.formats.stix_pattern import names_in
from churn.collect.unpack import UnreadableError

MOST_UNREAD = 1_000
"""Things in one content that are put aside one by one."""
_OBSERVED = {"domain-name", "url"}
_TELLING = {"malware", "campaign", "intrusion-set", "threat-actor", "tool", "infrastructure"}
"""Objects whose name says what an indicator that indicates them is about."""
_MOST_WORDS = 8


@dataclass(slots=True)
class _Read:
    """What is known of a content before its objects are read, and what was read of them."""

    revoked: set[str] = field(default_factory=set)
    observed_at: dict[str, str] = field(default_factory=dict)
    about: dict[str, list[str]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    left_out: int = 0


def read_stix(landed: Landed) -> None:
    """Add the reports of a bundle."""
    read = _read(_objects(json_value(landed)))
    landed.add(read.entries, read.unread)
    tell(landed, read.left_out)


def read_taxii(landed: Landed) -> None:
    """Add the reports of a page, each once a day: a visit that began anew has some objects on two pages.

    A page without objects says that nothing is new; it counts as one thing read, lest the list look empty.
    """
    objects = _objects(json_value(landed))
    read = _read(objects)
    landed.add(read.entries, read.unread, once=True)
    tell(landed, read.left_out if objects else 1)


def _objects(value: object) -> list[object]:
    if isinstance(value, dict):
        objects = value.get("objects")
        if objects is None and (value.get("type") == "bundle" or value.keys() <= {"more", "next"}):
            return []
        value = objects
    if not isinstance(value, list):
        raise UnreadableError("this is neither a STIX bundle nor a TAXII envelope nor a list of STIX objects")
    return value


def _read(objects: list[object]) -> _Read:
    read = _survey([item for item in objects if isinstance(item, dict)])
    for line, item in enumerate(objects, 1):
        if not isinstance(item, dict):
            read.unread.append(Unread(line, "something that is no STIX object", json.dumps(item)[:200]))
        elif item.get("revoked") is True or _text(item.get("id")) in read.revoked:
            read.left_out += 1
        elif item.get("type") == "indicator":
            _read_indicator(line, item, read)
        else:
            _read_observed(line, item, read)
    if len(read.unread) > MOST_UNREAD:
        more = len(read.unread) - MOST_UNREAD
        read.unread[MOST_UNREAD:] = [Unread(None, f"{more:,} more things of this content can't be read", "")]
    return read


def _survey(objects: list[dict[str, object]]) -> _Read:
    """What objects say of others: which are revoked (in any version), when they were observed, what they indicate."""
    read, names = _Read(), dict[str, str]()
    for item in objects:
        if item.get("revoked") is True:
            read.revoked.add(_text(item.get("id")))
        elif item.get("type") == "observed-data":
            read.observed_at |= dict.fromkeys(_words(item.get("object_refs")), _text(item.get("first_observed")))
        elif _text(item.get("type")) in _TELLING:
            names[_text(item.get("id"))] = _text(item.get("name"))
    for item in objects:
        if item.get("type") == "relationship" and item.get("relationship_type") == "indicates":
            name = names.get(_text(item.get("target_ref")))
            read.about.setdefault(_text(item.get("source_ref")), []).extend([name] if name else [])
    return read


def _read_indicator(line: int, item: dict[str, object], read: _Read) -> None:
    pattern, key = item.get("pattern"), _text(item.get("id"))
    if item.get("pattern_type", "stix") != "stix":
        read.left_out += 1
        return
    try:
        names = names_in(pattern if isinstance(pattern, str) else "")
    except ValueError as error:
        read.unread.append(Unread(line, f"an indicator without a STIX pattern: {error}", _text(pattern) or key))
        return
    told = [*read.about.get(key, ()), *(_words(item.get("labels")) or _words(item.get("indicator_types")))]
    label = ", ".join(dict.fromkeys(told[:_MOST_WORDS])) or None
    seen = next((text for at in ("valid_from", "created", "modified") if (text := _text(item.get(at)))), None)
    read.entries += [Entry(line, name, seen, key or None, label) for name in dict.fromkeys(names)]
    read.left_out += not names


def _read_observed(line: int, item: dict[str, object], read: _Read) -> None:
    found = list(_observed(item))
    key = _text(item.get("id"))
    seen = _text(item.get("first_observed")) or read.observed_at.get(key)
    read.entries += [Entry(line, value, seen or None, key or None) for value in found]
    read.left_out += not found


def _observed(item: dict[str, object]) -> Iterator[str]:
    """The names of an observed object, or of those within observed data (as STIX 2.0 has them)."""
    within = item.get("objects") if item.get("type") == "observed-data" else None
    for each in within.values() if isinstance(within, dict) else [item]:
        if isinstance(each, dict) and _text(each.get("type")) in _OBSERVED and isinstance(each.get("value"), str):
            yield str(each["value"])


def _words(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
