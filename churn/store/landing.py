"""The landing: bytes as they were served, untouched, each with a manifest that says whence and when they came.

`landing/<feed>/<day>/<first 16 hex of sha256>.gz`, and the manifest `.json` beside it. The digest is that of the bytes
as served, so the same content landing twice is one file, and its first manifest stays. Bytes that are gzip already are
kept as they are; others are compressed, without a time stamp: equal bytes are equal files. So what is stored is always
gzip, and a zone of gigabytes is landed and read as a stream. The manifest comes last: what has none has not landed.
What belongs here: keeping and finding bytes. What doesn't: fetching and reading them.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import shutil
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from churn.errors import TerminalError
from churn.settings import Settings
from churn.store.files import replacing, storage_error, write_bytes

_GZIP = b"\x1f\x8b"
_STEP = 1 << 20
_LARGE = 1 << 26


@dataclass(frozen=True, slots=True)
class Manifest:
    """Provenance of one landed content. `status` is HTTP's (304: unchanged, so the earlier bytes landed again).

    A visit that fetches several contents lands the one with `closes` last; `cursor` is where the next visit goes on.
    """

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
    cursor: str | None = None
    closes: bool = True


@dataclass(frozen=True, slots=True)
class Origin:
    """Whence bytes came and when; `url` may be a path. The rest is as in `Manifest`."""

    url: str
    fetched_at: dt.datetime
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    cursor: str | None = None
    closes: bool = True


def land(settings: Settings, feed: str, day: dt.date, content: bytes | Path, origin: Origin) -> Manifest:
    """Keep bytes, or a file's, as a feed's content of a day; their manifest, the first where they had landed before."""
    with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.seek(0, io.SEEK_END)
        target = _folder(settings, feed, day) / f"{sha256[:16]}.json"
        if target.is_file():
            return _closing(target, origin)
        file.seek(0)
        compressed_here = file.read(len(_GZIP)) != _GZIP
        file.seek(0)
        with replacing(target.with_suffix(".gz")) as temporary:
            _store(file, temporary, size, compress=compressed_here)
    return _told(target, _manifest_of(feed, day, origin, sha256=sha256, size=size, compressed_here=compressed_here))


def land_again(settings: Settings, earlier: Manifest, day: dt.date, origin: Origin) -> Manifest:
    """Let an earlier content be that of a day too (it is unchanged), without another copy of it on the disk."""
    target = _folder(settings, earlier.feed, day) / f"{earlier.sha256[:16]}.json"
    if target.is_file():
        return _manifest(target)
    stored = stored_file(settings, earlier)
    with replacing(target.with_suffix(".gz")) as temporary:
        try:
            temporary.hardlink_to(stored)
        except OSError:  # another file system, or one without links
            shutil.copyfile(stored, temporary)
    known = {"sha256": earlier.sha256, "size": earlier.size, "compressed_here": earlier.compressed_here}
    return _told(target, _manifest_of(earlier.feed, day, origin, **known))


def _closing(target: Path, origin: Origin) -> Manifest:
    """The manifest of a content that landed before; where only now it closes a visit, it says so from now on."""
    known = _manifest(target)
    if known.closes or not origin.closes:
        return known
    return _told(target, replace(known, closes=True, cursor=origin.cursor))


def _store(file: IO[bytes], target: Path, size: int, *, compress: bool) -> None:
    if not compress:
        with target.open("wb") as plain:
            shutil.copyfileobj(file, plain, _STEP)
        return
    level = 6 if size <= _LARGE else 1  # a zone of gigabytes would take minutes
    with target.open("wb") as raw, gzip.GzipFile("", "wb", level, raw, mtime=0) as packed:
        shutil.copyfileobj(file, packed, _STEP)


def _manifest_of(feed: str, day: dt.date, origin: Origin, **content: Any) -> Manifest:
    return Manifest(feed=feed, day=day, **{**asdict(origin), "url": without_credentials(origin.url), **content})


def _told(target: Path, manifest: Manifest) -> Manifest:
    write_bytes(target, json.dumps(asdict(manifest), default=_as_text, indent=1).encode())
    return manifest


def set_aside(settings: Settings, manifest: Manifest) -> None:
    """Let a content be one of its day no longer. Its bytes and its manifest stay, the latter as `.set-aside`."""
    told = _folder(settings, manifest.feed, manifest.day) / f"{manifest.sha256[:16]}.json"
    try:
        told.replace(told.with_suffix(".set-aside"))
    except OSError as error:
        raise storage_error(error, told) from error


def landed(settings: Settings, feed: str, day: dt.date) -> list[Manifest]:
    """What landed of a feed on a day, in the order of its coming."""
    manifests = [_manifest(path) for path in _folder(settings, feed, day).glob("[!.]*.json")]
    return sorted(manifests, key=lambda manifest: (manifest.fetched_at, manifest.sha256))


def landed_days(settings: Settings, feed: str) -> list[dt.date]:
    """Days on which something landed of a feed, ascending."""
    return sorted({dt.date.fromisoformat(p.parent.name) for p in _root(settings, feed).glob("????-??-??/[!.]*.json")})


def stored_file(settings: Settings, manifest: Manifest) -> Path:
    """The file in which a content is kept: gzip, whose inside is the content, or is it itself where it came as gzip.

    Raises TerminalError where it is gone.
    """
    path = _folder(settings, manifest.feed, manifest.day) / f"{manifest.sha256[:16]}.gz"
    if not path.is_file():
        raise TerminalError(f"{path} is gone. Restore it, or delete its manifest to fetch anew.")
    return path


def read_landed(settings: Settings, manifest: Manifest) -> bytes:
    """The bytes as served. Raises TerminalError where the file is gone or no longer what landed."""
    path = stored_file(settings, manifest)
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
