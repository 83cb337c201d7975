"""The landing: bytes as they were served, untouched, each with a manifest that says whence and when they came.

`landing/<feed>/<day>/<first 16 hex of sha256>.gz`, and the manifest `.json` beside it. The digest is that of the bytes
as served, so the same content landing twice is one file, and its first manifest stays. Bytes that are gzip already are
kept as they are; others are compressed, without a time stamp: equal bytes are equal files. The manifest comes last:
what has none has not landed. What belongs here: keeping and finding bytes. What doesn't: fetching and reading them.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from churn.errors import TerminalError
from churn.settings import Settings
from churn.store.files import write_bytes

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Provenance of one landed content. `status` is HTTP's (304: unchanged, so the earlier bytes landed again)."""

    feed: str
    day: dt.date
    url: str
    fetched_at: dt.datetime
    sha256: str
    size: int
    compressed_here: bool
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Whence bytes came and when; `url` may be a path."""

    url: str
    fetched_at: dt.datetime
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None


def land(settings: Settings, feed: str, day: dt.date, content: bytes, origin: Origin) -> Manifest:
    """Keep bytes as a feed's content of a day; returns their manifest, the first one where they had landed before."""
    sha256 = hashlib.sha256(content).hexdigest()
    target = _folder(settings, feed, day) / f"{sha256[:16]}.json"
    if target.is_file():
        return _manifest(target)
    compressed_here = not content.startswith(_GZIP)
    manifest = Manifest(
        feed=feed,
        day=day,
        url=without_credentials(origin.url),
        fetched_at=origin.fetched_at,
        sha256=sha256,
        size=len(content),
        compressed_here=compressed_here,
        status=origin.status,
        etag=origin.etag,
        last_modified=origin.last_modified,
    )
    write_bytes(target.with_suffix(".gz"), gzip.compress(content, 6, mtime=0) if compressed_here else content)
    write_bytes(target, json.dumps(asdict(manifest), default=_as_text, indent=1).encode())
    return manifest


def landed(settings: Settings, feed: str, day: dt.date) -> list[Manifest]:
    """What landed of a feed on a day, in the order of its coming."""
    manifests = [_manifest(path) for path in _folder(settings, feed, day).glob("[!.]*.json")]
    return sorted(manifests, key=lambda manifest: (manifest.fetched_at, manifest.sha256))


def landed_days(settings: Settings, feed: str) -> list[dt.date]:
    """Days on which something landed of a feed, ascending."""
    return sorted({dt.date.fromisoformat(p.parent.name) for p in _root(settings, feed).glob("????-??-??/[!.]*.json")})


def read_landed(settings: Settings, manifest: Manifest) -> bytes:
    """The bytes as served. Raises TerminalError where the file is gone or no longer what landed."""
    path = _folder(settings, manifest.feed, manifest.day) / f"{manifest.sha256[:16]}.gz"
    try:
        stored = path.read_bytes()
        content = gzip.decompress(stored) if manifest.compressed_here else stored
    except (OSError, EOFError, zlib.error) as error:
        raise TerminalError(f"Can't read {path}: {error}. Restore it, or delete its manifest to fetch anew.") from None
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise TerminalError(f"{path} is not what landed. Restore it, or delete it with its manifest to fetch anew.")
    return content


def remember_import(settings: Settings, table: str, sha256: str, name: str, now: dt.datetime) -> dt.datetime:
    """When a file was first imported into a table: `now`, unless it was before. Only this is kept, not its bytes."""
    path = _root(settings, f"import-{table}") / f"{sha256[:16]}.json"
    if path.is_file():
        try:
            return dt.datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["imported_at"])
        except (ValueError, KeyError, TypeError) as error:
            raise TerminalError(f"{path} is no manifest ({error}). Restore it, or delete it to import anew.") from None
    manifest = {"table": table, "name": name, "sha256": sha256, "imported_at": now.isoformat()}
    write_bytes(path, json.dumps(manifest, indent=1).encode())
    return now


def without_credentials(url: str) -> str:
    """A URL without user, password and query, where keys and tokens are; a path as it is."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _root(settings: Settings, feed: str) -> Path:
    return settings.data / "landing" / feed


def _folder(settings: Settings, feed: str, day: dt.date) -> Path:
    return _root(settings, feed) / day.isoformat()


def _as_text(value: dt.date) -> str:
    return value.isoformat()


def _manifest(path: Path) -> Manifest:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        fields["day"] = dt.date.fromisoformat(fields["day"])
        fields["fetched_at"] = dt.datetime.fromisoformat(fields["fetched_at"])
        return Manifest(**fields)
    except (ValueError, KeyError, TypeError) as error:
        raise TerminalError(f"{path} is no manifest ({error}). Restore it, or delete it to fetch anew.") from None
