"""What becomes of the JSON of RDAP and crt.sh where a fault spoils it.

What belongs here: JSON in, worse JSON out. What doesn't: bytes and connections (`rdap_faults`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

from churn.lab import rdap
from churn.lab.lookup_faults import place_of
from churn.lab.web import Site
from churn.lab.web_faults import HOSTILE

SCHEMES = (
    "file:///etc/passwd",
    "ftp://198.51.100.9/x",
    "javascript:alert(1)",
    "gopher://198.51.100.9/",
    "//",
    "http://",
)
NAMES = {"name", "handle", "issuer_name", "common_name", "name_value", "title", "country", "status", "identifier"}
"""Members whose texts are names of something, beside those of jCards."""
WAYS: tuple[Callable[[list[Any]], Any], ...] = (
    lambda _: [],
    lambda _: "vcard",
    lambda _: ["vcard"],
    lambda _: ["vcard", None],
    lambda card: {"vcard": card[1]},
    lambda card: ["vcard", [item[:3] for item in card[1]]],
    lambda card: ["vcard", [[[item[0]], *item[1:]] for item in card[1]]],
    lambda card: ["vcard", [[item[0], None, 7, *item[3:]] for item in card[1]]],
    lambda card: ["vcard", [[*item[:3], [[[item[3]]]] * 3] for item in card[1]]],
    lambda card: [*card[1], None, 7, "text"],
)
"""Ways in which a jCard can be none."""


def wrong_types(value: Any) -> Any:
    """Every text a number, every list an object."""
    if isinstance(value, dict):
        return {key: wrong_types(item) for key, item in value.items()}
    if isinstance(value, list):
        return {str(place): wrong_types(item) for place, item in enumerate(value)}
    return len(value) if isinstance(value, str) else value


def accented(value: Any) -> Any:
    """Names with letters that Latin-1 has and ASCII has not."""
    return _renamed(value, cycle(["Müller & Söhne", "Café Ñandú S.A.", "Ærø Øl"]))


def hostile(value: Any) -> Any:
    """Names that harm whoever shows or runs them."""
    return _renamed(value, cycle(HOSTILE))


def bad_jcards(body: Any, subject: str) -> Any:
    """All jCards spoilt in one of WAYS, which the subject decides."""
    way = WAYS[int(place_of("jcard", subject) * len(WAYS))]
    for entity in _entities(body):
        if "vcardArray" in entity:
            entity["vcardArray"] = way(entity["vcardArray"])
    return body


def other(body: Any, subject: str, site: Site) -> Any:
    """What would be said of somebody else: the next name, another network, a certificate of another name."""
    if isinstance(body, list):
        names = {"common_name": "elsewhere.example", "name_value": "elsewhere.example\nwww.elsewhere.example"}
        return [item | names for item in body]
    if body.get("objectClassName") != "domain":
        prefix = (
            {"v4prefix": "192.0.0.0", "length": 29} if body["ipVersion"] == "v4" else {"v6prefix": "::", "length": 8}
        )
        first, last = ("192.0.0.0", "192.0.0.7") if body["ipVersion"] == "v4" else ("::", "ff:ffff::")
        return body | {"startAddress": first, "endAddress": last, "cidr0_cidrs": [prefix], "name": "ELSEWHERE"}
    found = site.neighbour(subject)
    return rdap.registry_answer(found, site.port) if found else body | {"ldhName": f"not-{subject}"}


def related(body: Any, *urls: str) -> Any:
    """Related links to these places, and to no other."""
    if not isinstance(body, dict):
        return body
    links = [link for link in body.get("links", []) if link["rel"] != "related"]
    own = links[0]["href"] if links else ""
    return body | {"links": [*links, *(rdap.link("related", own, url) for url in urls)]}


def related_loop(body: Any, subject: str, site: Site) -> Any:
    """A registrar that refers to the registry; a registry that has no registrar to refer to, to itself."""
    if not isinstance(body, dict) or any(link["rel"] == "related" for link in body.get("links", [])):
        return body
    found = site.found(subject)
    return related(body, rdap.registry_url(found, site.port) if found else body["links"][0]["href"])


def _entities(value: Any) -> Iterator[dict[str, Any]]:
    for entity in value.get("entities", []) if isinstance(value, dict) else []:
        yield entity
        yield from _entities(entity)


def _renamed(value: Any, names: Iterator[str]) -> Any:
    """The texts of jCards and of NAMES replaced."""
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {}
    for key, item in value.items():
        if key == "vcardArray":
            changed[key] = ["vcard", [[*entry[:3], *(_named(each, names) for each in entry[3:])] for entry in item[1]]]
        elif key in NAMES:
            changed[key] = _named(item, names)
        else:
            changed[key] = _renamed(item, names)
    return changed


def _named(value: Any, names: Iterator[str]) -> Any:
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    return next(names) if isinstance(value, str) else value
