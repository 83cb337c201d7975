"""Data tiles of a static-CT log: the names in the certificates that were logged. Pure but for `read_static_ct`.

Pre-certificates count as certificates do: most logs get them first, and a name in one is as new. Nothing here checks a
certificate's signature: the log has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import NameOID

from churn.collect.entries import Entry, Landed, Unread
from churn.collect.unpack import UnreadableError
from churn.store.queries import run
from churn.transparency import FramingError, Leaf, Tile, leaves, parse_checkpoint, tile_at

MOST_NAMES = 1000
"""Names of a certificate that are kept; authorities allow 100, few of them more."""
_EXCERPT = 60
_COMMON_NAME = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*\.(?=[\w-]*[^\W\d])[\w-]+")


def read_static_ct(landed: Landed) -> None:
    """Add the names of a data tile's certificates; of the day's last checkpoint, say how far the log has been read."""
    origin, _, index = (landed.manifest.cursor or "").rpartition("#")
    if not index.isdecimal():
        raise UnreadableError("what landed does not say where in a log it belongs")
    tile = tile_at(landed.manifest.url)
    if tile is None:
        if landed.manifest == [each for each in landed.visit.landed if each.closes][-1]:
            run(landed.con, "churn.collect", "tally_add", names=0, remark=_progress(landed.content(), int(index)))
        return
    entries, unread = tile_entries(landed.content(), tile, int(index), origin)
    # the feed's maximum is one of certificates, not of their names
    step = landed.visit.feed.maximum_rows or max(len(entries), 1)
    for at in range(0, max(len(entries), 1), step):
        landed.add(entries[at : at + step], unread if at == 0 else ())


def _progress(content: bytes, index: int) -> str:
    try:
        left = max(0, parse_checkpoint(content).size - index)
    except FramingError as error:
        raise UnreadableError(f"no checkpoint of a log: {error}") from None
    return f"read up to entry {index:,} of the log; {left:,} are left for the next visit"


def tile_entries(content: bytes, tile: Tile, first: int, origin: str) -> tuple[list[Entry], list[Unread]]:
    """The names in a data tile from the log's entry `first` on, and what of it can't be read, whatever the bytes.

    `line` counts from 1 within the tile, `seen_text` is when it was logged (milliseconds since 1970), `reference` is
    `<origin>#<index in the log>`.
    """
    entries: list[Entry] = []
    unread: list[Unread] = []
    try:
        for index, leaf in _placed(content, tile):
            if index >= first:
                names, faults = _names_at(leaf, index)
                line, reference = index - tile.first + 1, f"{origin}#{index}"
                entries += [Entry(line, name, str(leaf.logged_ms), reference) for name in names]
                unread += [Unread(line, fault, f"{reference} {leaf.certificate[:_EXCERPT].hex()}") for fault in faults]
    except FramingError as error:
        unread.append(Unread(None, f"the rest of a tile can't be read: {error}", origin))
    return entries, unread


def _placed(content: bytes, tile: Tile) -> Iterator[tuple[int, Leaf]]:
    """The leaves with their places in the log; then FramingError, unless they are as many as the tile has."""
    index = tile.first
    for leaf in leaves(content):
        if index == tile.stop:
            raise FramingError(f"it goes on after entry {index - 1}, its last")
        yield index, leaf
        index += 1
    if index < tile.stop:
        raise FramingError(f"entry {index} should follow, and {tile.stop - 1} be the last")


def _names_at(leaf: Leaf, index: int) -> tuple[list[str], list[str]]:
    """The names of an entry that stands at that place in the log, and what is wrong with it."""
    if leaf.index != index:
        return [], [f"the log's entry {index} says that it is {leaf.index}"]
    try:
        names = certificate_names(leaf.certificate)
    except ValueError as error:
        return [], [str(error)]
    return names[:MOST_NAMES], ["more names than a certificate may have"] if len(names) > MOST_NAMES else []


def certificate_names(certificate: bytes) -> list[str]:
    """The names that a certificate (DER) is for, each once: its dNSNames, and its common name if it looks like one.

    As they stand, but `*.example.org` is `example.org`. Raises ValueError where the certificate can't be read.
    """
    try:
        read = x509.load_der_x509_certificate(certificate)
        names = [str(each.value) for each in read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        names = [name for name in names if _COMMON_NAME.fullmatch(name)]
        names += read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
            x509.DNSName
        )
    except x509.ExtensionNotFound:
        pass
    except Exception as error:  # noqa: BLE001 - the library raises many types for hostile DER; each means that it can't be read
        raise ValueError(f"a certificate that can't be read ({type(error).__name__})") from None
    return list(dict.fromkeys(name.removeprefix("*.") for name in names))
