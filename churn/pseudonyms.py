"""Personal data is hashed at the door: HMAC-SHA256 with a local key, so that two records can be compared, not read.

The key is the operator's: `hash_key` in the settings, else a file made once in the data folder. Losing it loses the
comparison with earlier days, not the data. Fields are hashed apart, so a phone number never equals a tag by chance.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from churn.errors import UsageError
from churn.settings import Settings


@dataclass(frozen=True, slots=True)
class Pseudonymiser:
    """Hashes values of personal data; with `clear=True` (an operator's legal basis) it lets them pass."""

    key: bytes = field(repr=False)
    clear: bool = False

    def hash(self, field: str, value: str | None) -> str | None:
        """Keyed hash (64 hex digits) of a value, equal for spellings that differ in case, width or spacing only."""
        folded = " ".join(unicodedata.normalize("NFKC", value or "").casefold().split())
        if not folded:
            return None
        if self.clear:
            return folded
        return hmac.new(self.key, f"{field}\0{folded}".encode(), hashlib.sha256).hexdigest()


def load_pseudonymiser(settings: Settings) -> Pseudonymiser:
    """The pseudonymiser of this installation. Makes the key file (mode 600) at first use."""
    if settings.hash_key is not None:
        key = settings.hash_key.get_secret_value().encode()
    else:
        key = _key_file(settings.data / "keys" / "hash.key")
    if len(key) < 16:
        raise UsageError("The hash key is shorter than 16 characters; set CHURN_HASH_KEY to a longer one.")
    return Pseudonymiser(key, clear=not settings.hash_personal_data)


def _key_file(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
