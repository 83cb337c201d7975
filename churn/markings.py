"""How what we show is marked and made harmless: TLP 2.0 labels, defanging, spreadsheet-safe cells, probabilities.

Used by everything that writes for people. Machine files (XARF, STIX, lake) carry exact values and a marking.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST, August 2022)."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"


def defang(text: str) -> str:
    """`a.example` -> `a[.]example`, `https://` -> `[https]://` (draft-grimminck-safe-ioc-sharing). For people only."""
    head, scheme, rest = text.partition("://")
    if scheme:
        return f"[{head}]://{rest.replace('.', '[.]')}"
    return text.replace("[.]", ".").replace(".", "[.]").replace("@", "[@]")


def printable(text: str, limit: int = 200) -> str:
    """Outside text, made safe to print: control, format and bidirectional characters become U+FFFD, length is bounded.

    Escaping for HTML or CSV is a separate, later step that belongs to the format.
    """
    clean = text
    if not text.isprintable():  # which spares most texts the look at each character
        clean = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNPRINTABLE else c for c in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def spreadsheet_safe(cell: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: a quote mark before a leading = + - @ tab or CR (OWASP)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def probability(value: float) -> str:
    """A probability with two digits; no estimate is certain, so none is shown as 1.00."""
    return "> 0.99" if value >= 0.995 else f"{value:.2f}"
