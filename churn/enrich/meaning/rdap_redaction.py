"""Which of a registrant's fields an RDAP answer withholds: by `redacted` (RFC 9537), or by remarks, as before it.

All four methods mean the same here: what was removed or emptied is gone, what was cut is not the value, and what was
put in its place (a web form, an address that the registrar made up, the data of a privacy service) is shared by
strangers. So every field that a redaction names is none, wherever the answer says that the replacement stands.
Where it can't be told which field or whose a redaction is, the registrant's are withheld: a value less, never a false
link. What doesn't belong here: markers inside values (`record`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from churn.enrich.meaning.jcard import properties_of
from churn.enrich.meaning.rdap_json import Json, objects, roles_of, words_of

FIELDS = frozenset({"name", "organisation", "email", "phone", "country"})
_NONE: frozenset[str] = frozenset()

_OF_PROPERTY = {"fn": "name", "n": "name", "org": "organisation", "email": "email", "tel": "phone"}
_OF_PROPERTY |= dict.fromkeys(("voice", "cell", "work"), "phone")
_OF_JSCONTACT = {"name": "name", "organizations": "organisation", "emails": "email", "phones": "phone"}
_OF_WORD = (
    (re.compile(r"\bname\b"), "name"),
    (re.compile(r"\borg"), "organisation"),
    (re.compile(r"e-?mail"), "email"),
    (re.compile(r"phone|\btel|voice"), "phone"),
    (re.compile(r"country"), "country"),
)
_OTHERS = re.compile(r"admin|tech|billing|registrar|reseller|abuse|sponsor|domain|server|dnssec")
_ROLE = re.compile(r"['\"](registrant|administrative|technical|billing|registrar|reseller|abuse|sponsor|noc)['\"]")
_ENTITY = re.compile(r"\$(?:\.entities|\[['\"]entities['\"]\])\[(\d{1,3})\]")
_QUOTED = re.compile(r"@\[0\]\s{0,3}={2,3}\s{0,3}['\"]([a-z-]{1,20})['\"]")
_TYPED = re.compile(r"@\[1\](?:\.|\[['\"])type.{0,20}?['\"](voice|fax|cell|work|text)['\"]")
_PLACE = re.compile(r"vcardarray(?:['\"]\])?\[1\]\[(\d{1,3})\]")
_MEMBER = re.compile(r"jscard\w{0,10}(?:['\"]\])?(?:\.|\[['\"])([a-z]{1,20})")
_ADDRESS_TAIL = re.compile(r"['\"]adr['\"]\s{0,3}\)?\](.{0,60})$")
_NO_FIELD = re.compile(r"street|city|post|zip|state|province|address|fax|\bid\b|handle|lang|kind|title|url|uri")
_SOMEWHERE = re.compile(r"entities|vcard|\[\?|\.\.")
_WHOLE_CONTACT = frozenset({"registrant", "registrant contact", "registrant entity", "contact"})
_FILTER = re.compile(r"\[\?.{1,200}?\](?=[.\[]|$)")
_WHOLE = re.compile(
    r"\$\.?(?:\.entities|\[['\"]entities['\"]\])(?:\[(?:\?|\*|\d{1,3})\])?"
    r"(?:(?:\.vcardarray|\[['\"]vcardarray['\"]\])(?:\[1\]|\[\*\]|\.\*){0,3})?"
)
_WITHHELD = re.compile(
    r"redacted|withheld|not disclosed|truncated due to authori[sz]ation|data[\w ]{0,40} removed", re.IGNORECASE
)
_EMAIL_WITHHELD = re.compile(r"e-?mail[\w ]{0,20}(redacted|withheld)", re.IGNORECASE)


def withheld_fields(body: Json, registrant: Json) -> tuple[frozenset[str], bool]:
    """Fields of the registrant (of `FIELDS`) that are no values, and whether anything of the registrant is withheld.

    `registrant` is the entity with that role, empty where the answer has none.
    """
    gone: set[str] = set()
    said = False
    for item in objects(body.get("redacted")):
        fields = _redacted(item, body, registrant)
        if fields is not None:
            said = True
            gone |= fields
    told = "\n".join(text for remark in objects(registrant.get("remarks"))[:20] for text in words_of(remark))
    if not registrant:  # then it may be the whole object that was cut
        types = (remark.get("type") for remark in objects(body.get("remarks")))
        said = said or any(isinstance(kind, str) and "due to authorization" in kind.lower() for kind in types)
    if _EMAIL_WITHHELD.search(told):
        gone.add("email")
    return frozenset(gone), said or bool(_WITHHELD.search(told))


def _redacted(item: Json, body: Json, registrant: Json) -> frozenset[str] | None:
    """Fields of the registrant that one redaction is about; None where it is about something else."""
    name = _name(item.get("name"))
    hers, fields = _named(name)
    theirs: list[bool | None] = [] if hers is None else [hers]
    found: list[frozenset[str] | None] = [fields]
    for key in ("prePath", "postPath", "replacementPath"):
        path = item.get(key)
        if not isinstance(path, str):
            continue
        way = _way(path[:500].lower())
        shifted = key == "prePath"  # it is about the answer before the redaction: places may have been others
        whose = _whose(way, body, shifted=shifted)
        theirs.append(whose)
        if whose is not False:
            found.append(_fields(way, {} if shifted else registrant))
    if (hers is False and True not in theirs) or (theirs and not any(one is not False for one in theirs)):
        return None
    known = [fields for fields in found if fields is not None]
    return frozenset().union(*known) if known else FIELDS


def _name(given: object) -> str:
    """The redacted field's name (RFC 9537, section 4.2), registered (`type`) or free (`description`)."""
    if isinstance(given, dict):
        kind, description = given.get("type"), given.get("description")
        given = kind if isinstance(kind, str) else description
    return given[:200].lower() if isinstance(given, str) else ""


@lru_cache(maxsize=512)
def _named(name: str) -> tuple[bool | None, frozenset[str] | None]:
    """Whether a redaction's name is about the registrant, and about which fields; None where it doesn't tell."""
    hers = True if "registrant" in name else (False if _OTHERS.search(name) else None)
    fields = frozenset(field for pattern, field in _OF_WORD if pattern.search(name) and "fax" not in name)
    if fields or name.strip() in _WHOLE_CONTACT:
        return hers, fields or FIELDS
    return hers, _NONE if hers and _NO_FIELD.search(name) else None


@dataclass(frozen=True, slots=True)
class _Way:
    """What a path (JSONPath, RFC 9535, in lower case) tells by itself: whose, by role or place, and which fields."""

    whose: bool | None
    entity: int | None
    fields: frozenset[str] | None
    property: int | None


@lru_cache(maxsize=512)  # a server's answers have the same few
def _way(path: str) -> _Way:
    roles = set(_ROLE.findall(path))
    told = "registrant" in roles if roles else (None if _SOMEWHERE.search(path) else False)
    entity, place = _ENTITY.match(path), _PLACE.search(path)
    return _Way(
        told,
        int(entity.group(1)) if entity and not roles else None,
        _fields_of_path(path),
        int(place.group(1)) if place else None,
    )


def _fields_of_path(path: str) -> frozenset[str] | None:
    address = _ADDRESS_TAIL.search(path)
    if address:
        tail = address.group(1)
        whole = tail.startswith("[1]") or tail in {"", "[3]", "[3][6]", "[3][*]", "[3][:]", "[3][-1]"}
        return frozenset({"country"}) if whole else _NONE
    named = [*_QUOTED.findall(path), *_TYPED.findall(path)]
    if named:
        return frozenset(_OF_PROPERTY[name] for name in named if name in _OF_PROPERTY)
    if member := _MEMBER.search(path):
        return frozenset({_OF_JSCONTACT[member.group(1)]}) if member.group(1) in _OF_JSCONTACT else _NONE
    bare = _FILTER.sub("[?]", path)
    if _WHOLE.fullmatch(bare):
        return FIELDS
    return None if "vcard" in bare else _NONE


def _whose(way: _Way, body: Json, *, shifted: bool) -> bool | None:
    """Whether a path leads into the registrant's entity; None where that can't be told."""
    if way.entity is None:
        return way.whose
    entities = body.get("entities")
    found = entities[way.entity] if isinstance(entities, list) and way.entity < len(entities) else None
    if isinstance(found, dict) and "registrant" in roles_of(found):
        return True
    return None if shifted else False


def _fields(way: _Way, registrant: Json) -> frozenset[str] | None:
    """The fields that a path leads to, in this card where it counts properties; None where that can't be told."""
    if way.property is None:
        return way.fields
    card = properties_of(registrant)
    found = card[way.property] if way.property < len(card) else None
    name = found[0] if isinstance(found, list) and found else None
    if not isinstance(name, str):
        return None
    return frozenset({_OF_PROPERTY[name.lower()]}) if name.lower() in _OF_PROPERTY else _NONE
