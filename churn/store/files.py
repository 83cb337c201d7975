"""How a file comes to be: written whole under a temporary name beside its place, flushed, then renamed.

A reader sees the old file or the new one, never half of one; a killed writer leaves a `.tmp-*` that nobody reads.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from churn.errors import TerminalError, TransientError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`; on success it becomes `path`, on failure it is removed.

    Raises TransientError where the disk is full and TerminalError where the folder can't be written, in words.
    """
    temporary = path.with_name(f".tmp-{secrets.token_hex(6)}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, duckdb.IOException) as error:
        raise storage_error(error, path) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a small file whole."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def storage_error(error: Exception, path: Path) -> TransientError | TerminalError:
    """A failure to write, as a sentence that says what to do."""
    full = getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    if full or "No space left" in str(error) or "File too large" in str(error):
        return TransientError(f"No space left while writing {path}: free some in {path.parent} and run the day again.")
    return TerminalError(f"Can't write {path}: {error}. Check that the folder exists and is yours to write.")
