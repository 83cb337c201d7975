"""A MISP feed: a folder with `manifest.json`, which lists events with the time of their last change, and their files.

A visit takes the manifest and those events whose time it has not had yet. The manifest lands last and closes the visit;
its cursor names the events that could not be had, so that the next visit asks for them again. An event lands with its
time as cursor, so a visit that was broken off goes on. What an event says is for `formats.misp`.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from churn.collect.cursors import cursor_of
from churn.collect.feeds import on_day
from churn.collect.transports.http import Answer, Ask
from churn.collect.unpack import UnreadableError, unpack
from churn.collect.visit import Visit
from churn.errors import TerminalError, TransientError
from churn.store.landing import Manifest, landed, read_landed

MOST_EVENTS = 5_000
"""Events that one visit asks for; the rest comes with the next ones. Together they have at most `maximum_bytes`."""
MOST_LISTED = 100_000
_PATIENCE = 3
"""Events in a row that fail as if the server were down, until it is taken to be."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def visit_misp(visit: Visit) -> None:
    """Land the events that are new or changed, then the manifest.

    Raises as `fetch` for the manifest, TransientError where the server stops answering for events; one event that can't
    be had stops nothing.
    """
    folder = on_day(visit.feed.url or "", visit.day)
    url = _beside(folder, "manifest.json")
    last = next((manifest for manifest in visit.earlier(url) if manifest.closes), None)
    with visit.ask(Ask(url), known=last) as answer:
        content = _content(visit, url, answer, last)
    had = _had(visit, last)
    wanted = {uuid: time for uuid, time in _listed(content, url).items() if had.get(uuid) != time}
    missing, why = _land_events(visit, folder, wanted)
    cursor: dict[str, object] = {"missing": missing}
    if missing:
        cursor["remark"] = f"{len(missing):,} events could not be had and will be asked for again: {why}"
    visit.land(url, content, answer, cursor=json.dumps(cursor))


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as RFC 9562 spells it, so that it can stand in a path."""
    return _UUID.fullmatch(text) is not None


def _content(visit: Visit, url: str, answer: Answer, last: Manifest | None) -> bytes:
    if answer.path:
        return answer.path.read_bytes()
    if answer.status == 304 and last:
        return read_landed(visit.settings, last)
    raise TerminalError(f"{url} answered {answer.status}; the feed's URL must be the folder of manifest.json.")


def _had(visit: Visit, last: Manifest | None) -> dict[str, str]:
    """Events that landed, with their time: those of the last manifest but the missing, then those of its day and today.

    Events of a day that never closed are no part of any day's sightings and so are not had.
    """
    had = dict[str, str]()
    if last:
        missing = cursor_of(last).get("missing")
        had = _listed(read_landed(visit.settings, last), last.url)
        for uuid in missing if isinstance(missing, list) else []:
            had.pop(uuid, None)
    before = landed(visit.settings, visit.feed.name, last.day) if last else []
    for manifest in [*before, *visit.landed]:
        if not manifest.closes and manifest.cursor:
            had[_uuid_of(manifest.url)] = manifest.cursor
    return had


def _listed(content: bytes, url: str) -> dict[str, str]:
    """The events of a manifest with the time of their last change, the latest first. What is no UUID is left out."""
    try:
        value = json.loads(unpack(content))
    except (ValueError, RecursionError, UnreadableError):
        value = None
    if not isinstance(value, dict):
        raise TerminalError(f"{url} is no manifest of a MISP feed; check the feed's URL and format.")
    times = {
        uuid.lower(): str(about.get("timestamp", ""))
        for uuid, about in value.items()
        if is_uuid(uuid) and isinstance(about, dict)
    }
    latest = sorted(times.items(), key=lambda item: (item[1].rjust(20, "0"), item[0]), reverse=True)
    return dict(latest[:MOST_LISTED])


def _land_events(visit: Visit, folder: str, wanted: dict[str, str]) -> tuple[list[str], str]:
    """Land events; those that could not be had, and why the first of them could not."""
    missing, why, failures, room = list[str](), "", 0, visit.feed.maximum_bytes
    for number, (uuid, time) in enumerate(wanted.items()):
        if number >= MOST_EVENTS or room <= 0:
            missing.append(uuid)
            why = why or "a visit takes no more at once"
            continue
        try:
            room -= _land_event(visit, _beside(folder, f"{uuid}.json"), uuid, time)
            failures = 0
        except (TransientError, TerminalError) as error:
            failures += isinstance(error, TransientError)
            if failures >= _PATIENCE:
                raise
            missing.append(uuid)
            why = why or str(error)
    return missing, why


def _land_event(visit: Visit, url: str, uuid: str, time: str) -> int:
    """Land an event; its size. Raises TerminalError where there is none, or something else in its place."""
    with visit.ask(Ask(url)) as answer:
        if answer.path is None:
            raise TerminalError(f"{url} answered {answer.status}.")
        if not _is_event(answer.path.read_bytes(), uuid):
            raise TerminalError(f"{url} is not the MISP event of that name.")
        return visit.land(url, answer.path, answer, cursor=time or "0", closes=False).size


def _is_event(content: bytes, uuid: str) -> bool:
    try:
        event = json.loads(unpack(content))["Event"]
        return str(event["uuid"]).lower() == uuid
    except (ValueError, RecursionError, UnreadableError, KeyError, TypeError, IndexError):
        return False


def _beside(folder: str, name: str) -> str:
    """A file's URL in the folder, which may as well be given as the URL of its manifest."""
    parts = urlsplit(folder)
    path = parts.path.removesuffix("manifest.json").rstrip("/")
    return parts._replace(path=f"{path}/{name}").geturl()


def _uuid_of(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2].removesuffix(".json")
