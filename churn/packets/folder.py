"""Writing a packet: a folder that is there whole or not at all, and a zip of it that is the same bytes each time."""

from __future__ import annotations

import hashlib
import io
import secrets
import shutil
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

from churn.store.files import storage_error, write_bytes

SUMS = "sha256sums.txt"
_LEFTOVER = (".tmp-*", ".old-*")


def write_packet(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Replace a packet's folder and its zip beside it with these files and their digests; returns the zip's path.

    The folder is written under a temporary name beside its place, then renamed.
    """
    whole = dict(sorted(files.items())) | {SUMS: sums(files)}
    mark = secrets.token_hex(6)
    building, old = folder.with_name(f".tmp-{mark}-{folder.name}"), folder.with_name(f".old-{mark}-{folder.name}")
    try:
        for name, content in whole.items():
            path = building / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            folder.rename(old)
        building.rename(folder)
    except OSError as error:
        raise storage_error(error, folder) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    target = folder.with_name(f"{folder.name}.zip")
    write_bytes(target, zipped(folder.name, whole))
    return target


def clear(day_folder: Path, keep: Collection[str]) -> list[str]:
    """Remove what an interrupted run left, and packets of an earlier run of the day that no longer hold; name these."""
    for pattern in _LEFTOVER:
        for path in day_folder.glob(pattern):
            _remove(path)
    packets = [path for kind in ("registrar-*", "network-*") for path in day_folder.glob(kind)]
    stale = [path for path in packets if path.name.removesuffix(".zip") not in keep]
    for path in stale:
        _remove(path)
    return sorted({path.name.removesuffix(".zip") for path in stale})


def sums(files: Mapping[str, bytes]) -> bytes:
    """Digests as `sha256sum --check` reads them."""
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())
    ).encode()


def zipped(folder: str, files: Mapping[str, bytes]) -> bytes:
    """A zip with fixed times and modes (the oldest time that the format knows)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is written
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
