"""What leaves: one archive a recipient, encrypted to that recipient's key with age (age-encryption.org/v1).

The archive is the same bytes for the same files; its ciphertext is another each time, as it must be.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pyrage

from churn.share.recipients import Recipient

_OLDEST = (1980, 1, 1, 0, 0, 0)
"""The oldest time that the format knows; every entry has it."""


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by their path, with fixed times and modes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=_OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is written
            entry.external_attr = 0o600 << 16
            made.writestr(entry, content)
    return buffer.getvalue()


def sealed(content: bytes, recipient: Recipient) -> bytes:
    """The content, for the eyes of whoever holds the recipient's secret key."""
    key = pyrage.x25519.Recipient.from_str(recipient.age)
    ciphertext: bytes = pyrage.encrypt(content, [key])
    return ciphertext
