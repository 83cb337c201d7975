"""Where an export goes: a folder of its own for plain files, or a sealed file in any folder.

A folder is renewed by an export into it again: what the one before wrote and this one doesn't is removed, and nothing
else. A folder that holds other things is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from churn.errors import UsageError
from churn.store.files import storage_error, write_bytes

CONTENTS = "export.json"
"""The file by which a folder is known as an export's; it names all others."""


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their path below a folder, `export.json` last; remove those of the export before.

    Raises UsageError where the folder holds something and is no export's.
    """
    stale = before(folder) - files.keys()
    for name in sorted(files, key=lambda name: (name == CONTENTS, name)):
        write_beside(folder, {name: files[name]})
    for name in stale:
        (folder / name).unlink(missing_ok=True)


def write_beside(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their path below a folder, whatever else is in it; folders made here are the owner's alone."""
    for name, content in files.items():
        path = folder / name
        try:
            for parent in reversed([path.parent, *path.parent.parents]):
                if not parent.exists():
                    parent.mkdir(mode=0o700)
        except OSError as error:
            raise storage_error(error, path) from error
        write_bytes(path, content)


def before(folder: Path) -> set[str]:
    """The files of the export that a folder holds; none where it is empty, or not there yet."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder with --out.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return set()
    try:
        named = set(json.loads((folder / CONTENTS).read_bytes())["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            f"{folder} holds something that is no export: name a new or an empty folder with --out."
        ) from None
    root = folder.resolve()
    return {name for name in named if isinstance(name, str) and (folder / name).resolve().is_relative_to(root)}
