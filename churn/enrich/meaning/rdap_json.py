"""RDAP's JSON (RFC 9083), whichever object it tells of: from bytes to an object of the kind asked for, or a refusal.

Error bodies, rate limits (which are sometimes told in a notice, a title or an HTML page alone), answers about other
kinds of objects, entities and their roles, links. What doesn't belong here: what a domain's or a network's members
mean, contact cards (`jcard`), redaction (`rdap_redaction`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from churn.enrich.meaning.record import Reading, whole_of
from churn.markings import printable
from churn.outcomes import Outcome

Json = dict[str, Any]

MOST_ITEMS = 200
"""Entities, links, remarks and properties that are looked at, each."""
_MOST_TEXT = 4_000
_LIMITED = re.compile(
    r"limits?\b[^.\n]{0,40}\b(exceeded|reached)|exceed\w{0,3}\b[^.\n]{0,60}\b(limits?|quota|rate)\b|"
    r"too many (requests|queries|lookups|connections)|quota\b[^.\n]{0,20}\b(exceeded|reached)|throttled|slow down",
    re.IGNORECASE,
)
_PERHAPS_LIMITED = re.compile(r"rate.?limit|throttl|try again (later|in)", re.IGNORECASE)
_SEARCHES = ("domainSearchResults", "entitySearchResults", "nameserverSearchResults")
_NAMED_BY = {"domain": ("ldhName", "unicodeName"), "ip network": ("startAddress", "cidr0_cidrs")}


def object_of(raw: bytes, kind: str) -> Json | Reading:
    """The object of a kind (`domain`, `ip network`) that an answer's body holds; a `Reading` that says why not.

    An answer that doesn't say its kind (`objectClassName`) is taken by what such an object can't do without.
    """
    body = _loaded(raw)
    if not isinstance(body, dict):
        limited = bool(_LIMITED.search(raw[:_MOST_TEXT].decode("latin-1")))
        return Reading(Outcome.RATE_LIMITED if limited else Outcome.MALFORMED, detail="not a JSON object")
    code = whole_of(body.get("errorCode")) or 0
    if code >= 400:
        return _error(body, code)
    if _is_a(body, kind):
        return body
    if _LIMITED.search(_said(body)):
        return Reading(Outcome.RATE_LIMITED, detail="told in a notice")
    if any(name in body for name in _SEARCHES):
        return Reading(Outcome.MALFORMED, detail=f"a search's results, no {kind} object")
    other = body.get("objectClassName")
    about = f"{printable(other, 40)} object, " if isinstance(other, str) else ""
    return Reading(Outcome.MALFORMED, detail=f"{about}no {kind} object")


def _loaded(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except UnicodeDecodeError:
        return _loaded_latin(raw)
    except (ValueError, RecursionError):
        return None


def _loaded_latin(raw: bytes) -> object:
    try:
        return json.loads(raw.decode("latin-1"))
    except (ValueError, RecursionError):
        return None


def _is_a(body: Json, kind: str) -> bool:
    told = body.get("objectClassName")
    if isinstance(told, str):
        return told.strip().lower() == kind
    return "ipAddresses" not in body and any(body.get(name) for name in _NAMED_BY[kind])


def _error(body: Json, code: int) -> Reading:
    """An error body (RFC 9083, section 6): a limit prevails over the code, lest it be taken for absence."""
    outcome, told = outcome_of_status(code), _said(body, notices=False)
    unclear = outcome is not Outcome.NOT_FOUND
    if _LIMITED.search(told) or (unclear and _PERHAPS_LIMITED.search(told)):
        outcome = Outcome.RATE_LIMITED
    title = body.get("title")
    detail = printable(title, 200) if isinstance(title, str) and title else f"error {code}"
    return Reading(outcome, detail=detail)


def outcome_of_status(status: int) -> Outcome:
    """What an HTTP status (or RDAP errorCode) says about a look-up."""
    known = {200: Outcome.OK, 404: Outcome.NOT_FOUND, 429: Outcome.RATE_LIMITED}
    if status in known:
        return known[status]
    if status >= 500:
        return Outcome.SERVER_FAILURE
    return Outcome.REFUSED if status in {401, 403, 451} else Outcome.MALFORMED


def was_cut_by_a_limit(body: Json) -> bool:
    """Whether an object lacks what objects have, and a notice says that we ask too often.

    Terms of use have such words too: below a title that doesn't say so they count only where the object is bare.
    """
    if body.get("entities") and body.get("events"):
        return False
    notices = [*objects(body.get("notices")), *objects(body.get("remarks"))][:20]
    titles = "\n".join(title[:1_000] for item in notices if isinstance(title := item.get("title"), str))
    bare = not any(body.get(name) for name in ("entities", "events", "nameservers"))
    return bool(_LIMITED.search(titles) or (bare and _LIMITED.search(_said(body))))


def _said(body: Json, *, notices: bool = True) -> str:
    """Titles and descriptions of a body, and of its notices and remarks, bounded."""
    items = [body, *objects(body.get("notices")), *objects(body.get("remarks"))] if notices else [body]
    return "\n".join(text for item in items[:20] for text in words_of(item))[: _MOST_TEXT * 2]


def words_of(item: Json) -> Iterator[str]:
    """Title, type and lines of a notice or remark (RFC 9083, section 4.3), each bounded."""
    for name in ("title", "type", "description"):
        value = item.get(name)
        for text in value[:20] if isinstance(value, list) else (value,):
            if isinstance(text, str):
                yield text[:1_000]


def objects(value: object) -> list[Json]:
    """The objects of an array; of an object in its place, itself, or its members where each of them is an object."""
    if isinstance(value, list):
        return [item for item in value[:MOST_ITEMS] if isinstance(item, dict)]
    if isinstance(value, dict) and value:
        members = list(value.values())
        return members[:MOST_ITEMS] if all(isinstance(item, dict) for item in members) else [value]
    return []


def roles_of(entity: Json) -> frozenset[str]:
    """Roles of an entity in lower case (RFC 9083, section 10.2.4)."""
    roles = entity.get("roles")
    given = roles[:MOST_ITEMS] if isinstance(roles, list) else (roles,)
    return frozenset(role.strip().lower() for role in given if isinstance(role, str))


def with_role(entities: list[Json], role: str) -> Json:
    """The first of the entities that has a role; an empty one where none has."""
    return next((entity for entity in entities if role in roles_of(entity)), {})


def web_address(text: object) -> str | None:
    """An http or https URL that names a host and no user; None for anything else."""
    if not isinstance(text, str) or len(text) > 2000 or not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        well = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    except ValueError:
        return None
    return text if well else None
