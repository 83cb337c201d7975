"""The lab's certificate log: a static-CT log (c2sp.org/static-ct-api) of the world's certificates, as of each day.

What belongs here: entries, tiles and checkpoints. What doesn't: certificates (`certificates`), HTTP (`web`). A real log
grows; this one can be asked as it was at the end of each of the world's days. Nothing is made before somebody asks: a
day's entries take about a third of a second.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import re
from dataclasses import dataclass, field

import pyarrow.compute as pc
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from churn.lab.certificates import Authority
from churn.lab.world import World

DOMAINS_A_DAY = 300
"""Domains of a day that get a certificate at once: each has its pre-certificate logged, half of them both."""
TILE = 256
_PATH = re.compile(r"tile/(data|[0-5])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(slots=True)
class CtLog:
    """The log of a world. Certificates in it are those that the world's hosts show."""

    world: World
    _authority: Authority = field(init=False)
    _leaves: list[bytes] = field(init=False, default_factory=list)
    _hashes: list[bytes] = field(init=False, default_factory=list)
    _sizes: dict[dt.date, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._authority = Authority(self.world.seed)

    @property
    def origin(self) -> str:
        """What the log calls itself."""
        return f"ct.lab/{self.world.scale.name}-{self.world.seed}"

    def answer(self, day: dt.date, path: str) -> bytes | None:
        """What the log serves at that path below its prefix, as it is at the end of the day; None where nothing."""
        if day not in self.world.days:
            return None
        size = self._grown(day)
        if path == "checkpoint":
            return self._checkpoint(day, size)
        found = _PATH.fullmatch(path)
        if not found:
            return None
        number, width = int(found[2].replace("x", "").replace("/", "")), int(found[3] or TILE)
        level = 0 if found[1] == "data" else int(found[1])
        nodes = range(number * TILE, number * TILE + width)
        span = TILE**level
        if nodes.stop * span > size or width > TILE:
            return None
        if found[1] == "data":
            return b"".join(self._leaves[nodes.start : nodes.stop])
        return b"".join(tree_hash(self._hashes[node * span : (node + 1) * span]) for node in nodes)

    def _grown(self, day: dt.date) -> int:
        """How many entries the log has at the end of the day, which are made now where they were not."""
        for each in self.world.days[: self.world.days.index(day) + 1]:
            if each not in self._sizes:
                for stamp, entry in self._entries(each):
                    self._append(stamp, entry)
                self._sizes[each] = len(self._leaves)
        return self._sizes[day]

    def _append(self, stamp: dt.datetime, entry: tuple[bytes, bytes]) -> None:
        """Add an entry: what is signed of it, and what stands behind that in a data tile."""
        signed, extra = entry
        extensions = b"\x00" + _block(len(self._leaves).to_bytes(5), 2)
        timestamped = int(stamp.timestamp() * 1000).to_bytes(8) + signed + _block(extensions, 2)
        chain = hashlib.sha256(self._authority.root.public_bytes(serialization.Encoding.DER)).digest()
        self._leaves.append(timestamped + extra + _block(chain, 2))
        self._hashes.append(hashlib.sha256(b"\x00\x00\x00" + timestamped).digest())

    def _entries(self, day: dt.date) -> list[tuple[dt.datetime, tuple[bytes, bytes]]]:
        """What is logged for the domains registered on a day, in the order of its logging."""
        listed = self.world.listed("day", day)
        listed = listed.filter(pc.greater_equal(listed["cert"], 0)).select(["domain", "cert", "created"])
        rows = listed.to_pylist()[:: max(1, len(listed) // DOMAINS_A_DAY)]
        entries = []
        for number, row in enumerate(rows):
            key, created = row["cert"], dt.datetime.fromtimestamp(row["created"], dt.UTC)
            final = self._authority.certificate(row["domain"], key, created)
            before = self._authority.certificate(row["domain"], key, created, precertificate=True)
            stamp = final.not_valid_before_utc + dt.timedelta(seconds=5, milliseconds=number)
            issuer = hashlib.sha256(_spki(self._authority.root.public_key())).digest()
            signed = b"\x00\x01" + issuer + _block(final.tbs_certificate_bytes, 3)
            entries.append((stamp, (signed, _block(before.public_bytes(serialization.Encoding.DER), 3))))
            if number % 2:
                whole = b"\x00\x00" + _block(final.public_bytes(serialization.Encoding.DER), 3)
                entries.append((stamp + dt.timedelta(minutes=1), (whole, b"")))
        return sorted(entries)

    def _checkpoint(self, day: dt.date, size: int) -> bytes:
        root = tree_hash(self._hashes[:size])
        stamp = int(dt.datetime.combine(day, dt.time(23, 59), dt.UTC).timestamp() * 1000).to_bytes(8)
        return signed_checkpoint(self._authority.log_key, self.origin, size, root, stamp)


def signed_checkpoint(key: ec.EllipticCurvePrivateKey, origin: str, size: int, root: bytes, stamp: bytes) -> bytes:
    """A checkpoint as a signed note; the signature is an RFC 6962 tree head's, `stamp` its time in eight bytes."""
    head = b"\x00\x01" + stamp + size.to_bytes(8) + root
    signature = key.sign(head, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    log_id = hashlib.sha256(_spki(key.public_key())).digest()
    key_id = hashlib.sha256(origin.encode() + b"\n\x05" + log_id).digest()[:4]
    line = base64.b64encode(key_id + stamp + b"\x04\x03" + _block(signature, 2)).decode()
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n\n\u2014 {origin} {line}\n".encode()


def log_key(seed: int) -> str:
    """The public key of the log of a world of that seed, as a feed's `log_key` has it."""
    return base64.b64encode(_spki(Authority(seed).log_key.public_key())).decode()


def tree_hash(leaves: list[bytes]) -> bytes:
    """The root of the Merkle tree over leaves that are hashed already (RFC 6962, 2.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


def packed(body: bytes) -> bytes:
    """A data tile as real logs serve it to whoever takes gzip: a quarter of its size."""
    return gzip.compress(body, mtime=0)


def _block(content: bytes, length: int) -> bytes:
    return len(content).to_bytes(length) + content


def _spki(key: object) -> bytes:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
