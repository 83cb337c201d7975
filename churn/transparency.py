"""What a static-CT log serves, as values: checkpoints, the paths of tiles, the leaves of a data tile. Pure.

Sources: c2sp.org/static-ct-api and tlog-tiles (tiles), tlog-checkpoint and signed-note (checkpoints), RFC 6962 (leaves,
hashes, tree heads). What belongs here: their bytes. What doesn't: asking for them (`collect`), and what a
certificate says (`collect`, `enrich`).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

FULL_TILE = 256
"""Entries of a full tile."""
LONGEST_CHECKPOINT = 16_384
_MOST_ENTRIES = 1 << 40  # an index has 40 bits
_SIZE = re.compile(r"0|[1-9][0-9]{0,12}")
_ORIGIN = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}")
_SIGNATURE = re.compile(r"\u2014 ([^\s+]{1,255}) ([A-Za-z0-9+/]{8,8000}={0,2})")
_TILE = re.compile(r"/tile/data/((?:x[0-9]{3}/){0,4}[0-9]{3})(?:\.p/([0-9]{1,3}))?")
_TREE_HEAD_NOTE = b"\x05"  # signed-note's type of a signature that is an RFC 6962 tree head's
_TREE_HEAD, _V1, _SHA256_ECDSA = b"\x01", b"\x00", b"\x04\x03"
_PRECERTIFICATE, _CERTIFICATE = 1, 0
_LEAF_INDEX = 0


class FramingError(ValueError):
    """The bytes are not what they should be; the message says where they break."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of signature: whose, the first four bytes of the key's hash, and the rest."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, how many entries it has, the root of its Merkle tree. Not yet believed."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...]

    def is_signed_by(self, key: bytes) -> bool:
        """Whether a log of that key (DER of its SubjectPublicKeyInfo) has signed it (static-ct-api, Checkpoints).

        Raises ValueError for what is no ECDSA P-256 key.
        """
        try:
            public = serialization.load_der_public_key(key)
        except UnsupportedAlgorithm as error:
            raise ValueError(str(error)) from None
        if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
            raise ValueError("not an ECDSA P-256 key")  # noqa: TRY004 - it is the key that is wrong, not its type here
        log_id = hashlib.sha256(key).digest()
        key_id = hashlib.sha256(self.origin.encode() + b"\n" + _TREE_HEAD_NOTE + log_id).digest()[:4]
        return any(
            self._holds(public, signature.value)
            for signature in self.signatures
            if signature.name == self.origin and signature.key_id == key_id
        )

    def _holds(self, key: ec.EllipticCurvePublicKey, value: bytes) -> bool:
        octets = _Octets(value)
        try:
            stamp, algorithms, signature = octets.take(8), octets.take(2), octets.block(2)
            if algorithms != _SHA256_ECDSA or not octets.at_end:
                return False
            head = _V1 + _TREE_HEAD + stamp + self.size.to_bytes(8) + self.root
            key.verify(signature, head, ec.ECDSA(hashes.SHA256()))
        except (FramingError, InvalidSignature):
            return False
        return True


def parse_checkpoint(content: bytes) -> Checkpoint:
    """The checkpoint that a signed note holds. Raises FramingError, with the reason, for anything else."""
    if len(content) > LONGEST_CHECKPOINT:
        raise FramingError(f"longer than {LONGEST_CHECKPOINT:,} bytes")
    try:
        body, apart, signed = content.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise FramingError("not UTF-8") from None
    lines = body.split("\n")
    if not apart or len(lines) < 3 or not signed.endswith("\n"):
        raise FramingError("no signed note of an origin, a size and a root hash")
    origin, size, root = lines[0], lines[1], _base64(lines[2])
    if not _ORIGIN.fullmatch(origin) or not _SIZE.fullmatch(size) or int(size) > _MOST_ENTRIES:
        raise FramingError("its first two lines are no origin and no size")
    if len(root) != 32:
        raise FramingError("its third line is no root hash")
    return Checkpoint(origin, int(size), root, tuple(_signature(line) for line in signed[:-1].split("\n")))


def _signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    value = _base64(found[2]) if found else b""
    if not found or len(value) < 5:
        raise FramingError("a line after its text is no signature")
    return Signature(found[1], value[:4], value[4:])


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise FramingError("not base64") from None


def tile_path(index: int, width: int = FULL_TILE) -> str:
    """The path of a data tile below the log's prefix: `tile/data/x001/234`, a partial one `tile/data/x001/234.p/17`."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return f"tile/data/{'/'.join(groups)}" + (f".p/{width}" if width < FULL_TILE else "")


@dataclass(frozen=True, slots=True)
class Tile:
    """Which entries of the log a data tile holds: those from `first` up to, and without, `stop`."""

    first: int
    stop: int


def tile_at(url: str) -> Tile | None:
    """The data tile that a URL is of, or None."""
    found = _TILE.search(url)
    if not found or found.end() != len(url):
        return None
    first = int(found[1].replace("x", "").replace("/", "")) * FULL_TILE
    width = int(found[2] or FULL_TILE)
    return Tile(first, first + width) if 0 < width <= FULL_TILE else None


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of a log. `certificate` is DER: the certificate, or the pre-certificate that the issuer submitted.

    `index` is the place in the log that the entry says it has (None: it says none), `logged_ms` when it was logged
    (milliseconds since 1970), `chain` the SHA-256 fingerprints of the issuers, `timestamped_entry` the bytes that the
    log vouches for (RFC 6962, 3.4).
    """

    index: int | None
    logged_ms: int
    certificate: bytes
    is_precertificate: bool
    chain: tuple[bytes, ...]
    timestamped_entry: bytes

    @property
    def leaf_hash(self) -> bytes:
        """Its hash in the log's Merkle tree (RFC 6962, 2.1 and 3.4): what the tile of level 0 holds of it."""
        return hashlib.sha256(b"\x00" + _V1 + b"\x00" + self.timestamped_entry).digest()


def leaves(content: bytes) -> Iterator[Leaf]:
    """The leaves of a data tile, as far as they can be told apart; then FramingError, unless that is the end of it."""
    octets = _Octets(content)
    while not octets.at_end:
        yield _leaf(octets)


def leaf_hashes(content: bytes) -> list[bytes]:
    """The hashes of a data tile's leaves: the tile of level 0 that stands beside it. Raises FramingError."""
    return [leaf.leaf_hash for leaf in leaves(content)]


def _leaf(octets: _Octets) -> Leaf:
    begin = octets.at
    logged_ms, kind = octets.number(8), octets.number(2)
    if kind not in {_CERTIFICATE, _PRECERTIFICATE}:
        raise FramingError(f"at byte {octets.at - 2} stands an entry of the unknown type {kind}")
    if kind == _PRECERTIFICATE:
        octets.take(32)  # the hash of the issuer's key
    certificate, extensions = octets.block(3), octets.block(2)
    signed = octets.content[begin : octets.at]
    if kind == _PRECERTIFICATE:
        certificate = octets.block(3)  # before stood what of it is signed, which has no signature of its own
    chain = octets.block(2)
    if len(chain) % 32:
        raise FramingError(f"before byte {octets.at} stands a chain that is no list of SHA-256 fingerprints")
    fingerprints = tuple(chain[at : at + 32] for at in range(0, len(chain), 32))
    return Leaf(_leaf_index(extensions), logged_ms, certificate, kind == _PRECERTIFICATE, fingerprints, signed)


def _leaf_index(extensions: bytes) -> int | None:
    octets = _Octets(extensions)
    try:
        while not octets.at_end:
            kind, value = octets.number(1), octets.block(2)
            if kind == _LEAF_INDEX and len(value) == 5:
                return int.from_bytes(value)
    except FramingError:
        pass
    return None


class _Octets:
    """Bytes that are read from the front. Lengths are big-endian (RFC 8446, 3.3)."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.content)

    def take(self, length: int) -> bytes:
        """The next `length` bytes."""
        taken = self.content[self.at : self.at + length]
        if len(taken) < length:
            raise FramingError(f"at byte {self.at} should stand {length:,} bytes, of which {len(taken):,} are left")
        self.at += length
        return taken

    def number(self, length: int) -> int:
        """The number in the next `length` bytes."""
        return int.from_bytes(self.take(length))

    def block(self, length: int) -> bytes:
        """The bytes whose length stands in the next `length` bytes."""
        return self.take(self.number(length))
