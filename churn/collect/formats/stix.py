"""STIX 2.1 objects, in a bundle, a TAXII envelope or a plain list: which of them are reports of a domain.

Reports are indicators with a STIX pattern that names a domain or a URL, and the observed objects `domain-name` and
`url`, of their own or within observed data. What is revoked is none. An indicator that is no longer valid is one still:
`valid_until` says until when to look out for it, not that it was wrong. All others are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from churn.collect.entries import Entry, Landed, Unread
from churn.collect.formats.json_content import json_value, tell
from churn.collect.formats.stix_pattern import names_in
from churn.collect.formats.tlp import stricter
from churn.collect.unpack import UnreadableError
from churn.markings import Tlp

MOST_UNREAD = 1_000
"""Things in one content that are put aside one by one."""
_OBSERVED = {"domain-name", "url"}
_TELLING = {"malware", "campaign", "intrusion-set", "threat-actor", "tool", "infrastructure"}
"""Objects whose name says what an indicator that indicates them is about."""
_MARKS = {
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
}
"""TLP 1.0 (STIX 2.1, 7.2.1.4) and 2.0 as OASIS defines them, which need not come with what is marked."""
_MOST_WORDS = 8


@dataclass(slots=True)
class _Read:
    """What is known of a content before its objects are read, and what was read of them."""

    marks: dict[str, str] = field(default_factory=lambda: dict(_MARKS))
    revoked: set[str] = field(default_factory=set)
    observed_at: dict[str, str] = field(default_factory=dict)
    about: dict[str, list[str]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    left_out: int = 0


def read_stix(landed: Landed) -> None:
    """Add the reports of a bundle."""
    read = _read(_objects(json_value(landed)), landed.visit.feed.tlp)
    landed.add(read.entries, read.unread)
    tell(landed, read.left_out)


def read_taxii(landed: Landed) -> None:
    """Add the reports of a page, each once a day: a visit that began anew has some objects on two pages.

    A page without objects says that nothing is new; it counts as one thing read, lest the list look empty.
    """
    objects = _objects(json_value(landed))
    read = _read(objects, landed.visit.feed.tlp)
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


def _read(objects: list[object], allowed: Tlp) -> _Read:
    read = _survey([item for item in objects if isinstance(item, dict)])
    for line, item in enumerate(objects, 1):
        if not isinstance(item, dict):
            read.unread.append(Unread(line, "something that is no STIX object", _text(item)))
        elif item.get("revoked") is True or _text(item.get("id")) in read.revoked:
            read.left_out += 1
        elif reason := stricter((read.marks.get(ref, "") for ref in _words(item.get("object_marking_refs"))), allowed):
            read.unread.append(Unread(line, reason, _text(item.get("id"))))
        elif item.get("type") == "indicator":
            _read_indicator(line, item, read)
        else:
            _read_observed(line, item, read)
    if len(read.unread) > MOST_UNREAD:
        more = len(read.unread) - MOST_UNREAD
        read.unread[MOST_UNREAD:] = [Unread(None, f"{more:,} more things of this content can't be read", "")]
    return read


def _survey(objects: list[dict[str, object]]) -> _Read:
    """What objects say of others: which are revoked (in any version), how marked, when observed, what they indicate."""
    read, names = _Read(), dict[str, str]()
    for item in objects:
        if item.get("revoked") is True:
            read.revoked.add(_text(item.get("id")))
        elif item.get("type") == "marking-definition":
            read.marks[_text(item.get("id"))] = _mark(item)
        elif item.get("type") == "observed-data":
            read.observed_at |= dict.fromkeys(_words(item.get("object_refs")), _text(item.get("first_observed")))
        elif _text(item.get("type")) in _TELLING:
            names[_text(item.get("id"))] = _text(item.get("name"))
    for item in objects:
        if item.get("type") == "relationship" and item.get("relationship_type") == "indicates":
            name = names.get(_text(item.get("target_ref")))
            read.about.setdefault(_text(item.get("source_ref")), []).extend([name] if name else [])
    return read


def _mark(item: dict[str, object]) -> str:
    """The level that a marking tells: TLP 1.0 by its definition, 2.0 by an extension or its name (`TLP:RED`)."""
    extensions = item.get("extensions")
    places = [item.get("definition"), *(extensions.values() if isinstance(extensions, dict) else ())]
    levels = [_text(place.get("tlp") or place.get("tlp_2_0")) for place in places if isinstance(place, dict)]
    return next(filter(None, levels), _text(item.get("name")))


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
