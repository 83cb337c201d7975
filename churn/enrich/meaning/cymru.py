"""What Team Cymru's DNS zones are asked and what they mean: pure, from addresses to names, from texts to records.

- `<reversed address>.origin.<zone>` (IPv6: reversed nibbles, `origin6`): a text a prefix, with the AS numbers
  that announce it: `13335 | 104.16.0.0/12 | US | arin | 2014-03-28`
- `AS13335.<zone>`: `13335 | US | arin | 2010-07-14 | CLOUDFLARENET, US`

Source: team-cymru.com, "IP to ASN mapping service". Whatever the bytes are, there is an outcome and no exception.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from churn.enrich.meaning.record import Record, country_of, label_of
from churn.outcomes import Outcome

MOST_ORIGINS = 10
"""AS numbers of a prefix that are kept."""
_LARGEST_ASN = 2**31 - 1
_REGISTRIES = {"arin": "arin", "ripencc": "ripe", "apnic": "apnic", "lacnic": "lacnic", "afrinic": "afrinic"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network


def origin_question(address: Address, zone: str) -> str:
    """The name to ask for the origin of an address."""
    reversed_address = address.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
    return f"{reversed_address}.{'origin' if address.version == 4 else 'origin6'}.{zone}"


def name_question(asn: int, zone: str) -> str:
    """The name to ask for the name of an AS."""
    return f"as{asn}.{zone}"


def asked_address(question: str) -> Address | None:
    """The address that a question asks the origin of; None for any other question."""
    labels = question.split(".")
    try:
        if labels[4:5] == ["origin"]:
            return ipaddress.IPv4Address(".".join(reversed(labels[:4])))
        if labels[32:33] == ["origin6"]:
            return ipaddress.IPv6Address(int("".join(reversed(labels[:32])), 16))
    except ValueError:
        pass
    return None


def read_origin(raw: bytes, address: Address) -> tuple[Outcome, list[Record], str | None]:
    """Outcome, rows (columns of `network`) and a word: of an `ok` one, the prefix.

    A row for every AS, lowest number first, that announces the most specific prefix that holds the address.
    """
    origins = list(_origins(raw))
    holding = [(prefix, row) for prefix, row in origins if address in prefix]
    if not holding:
        return (Outcome.WRONG_SUBJECT if origins else Outcome.MALFORMED), [], None
    best = max((prefix for prefix, _ in holding), key=lambda prefix: prefix.prefixlen)
    rows = {int(row["asn"]): row for prefix, row in reversed(holding) if prefix == best}
    return Outcome.OK, [rows[asn] for asn in sorted(rows)][:MOST_ORIGINS], str(best)


def read_as_name(raw: bytes, asn: int) -> tuple[Outcome, str | None]:
    """Outcome and name of an AS, without the country that stands at its end too."""
    for cells in _texts(raw):
        if len(cells) < 5 or _asns(cells[0]) != [asn]:
            continue
        name = " | ".join(cells[4:])
        return Outcome.OK, label_of(name.removesuffix(f", {cells[1]}") if cells[1] else name, 100)
    return Outcome.MALFORMED, None


def _origins(raw: bytes) -> Iterator[tuple[Prefix, Record]]:
    for cells in _texts(raw):
        if len(cells) < 2:
            continue
        try:
            prefix = ipaddress.ip_network(cells[1][:60])
        except ValueError:
            continue
        country = country_of(cells[2]) if len(cells) > 2 else None
        registry = _REGISTRIES.get(cells[3].lower(), label_of(cells[3], 20)) if len(cells) > 3 else None
        for asn in _asns(cells[0]):
            yield prefix, {"prefix": str(prefix), "asn": asn, "country": country, "registry": registry}


def _texts(raw: bytes) -> Iterator[list[str]]:
    for line in raw[:50_000].decode("utf-8", "replace").split("\n")[:50]:
        yield [cell.strip() for cell in line[:1_000].split("|", 20)]


def _asns(text: str) -> list[int]:
    """AS numbers with spaces between; those for private use beyond 31 bits (RFC 6996) tell nobody."""
    found = [int(word) for word in text.split()[:MOST_ORIGINS] if word.isascii() and word.isdigit() and len(word) < 11]
    return [asn for asn in found if 0 < asn <= _LARGEST_ASN]
