"""Shared values in words: what the ledger's fields and values mean to a person, long and short.

What belongs here: one field and value at a time. What doesn't: sentences about a cluster (`stories`).
"""

from __future__ import annotations

import re

from churn.report.patterns import template_brief, template_words
from churn.report.words import shown, trait_words, value_shown

_MINUTE = re.compile(r"(\S+) (\d{4}-\d\d-\d\d) (\d\d:\d\d)")


def value_told(field: str, value: str) -> str:
    """A value after its kind: `two dictionary words and two digits, under .xyzlab`, or the value itself, harmless."""
    if field == "template":
        return template_words(value)
    minute = _MINUTE.fullmatch(value) if field == "created_minute" else None
    if minute:
        registrar = f"IANA {minute[1]}" if minute[1].isdecimal() else shown(minute[1], 60)
        return f"{registrar}, {minute[2]} {minute[3]} UTC"
    return value_shown(value)


def value_words(field: str, value: str) -> str:
    """Kind and value: `the address 198.51.100.1`."""
    return f"{trait_words(field)} {value_told(field, value)}"


def value_brief(field: str, value: str) -> str:
    """A label for a picture."""
    if field == "template":
        return template_brief(value)
    minute = _MINUTE.fullmatch(value) if field == "created_minute" else None
    if minute:
        return f"created {minute[3]} at {shown(minute[1], 16)}"
    if field in {"name_servers", "mail_exchangers"} and " " in value:
        first, *others = value.split(" ")
        return f"{value_shown(first)} +{len(others)}"
    told = value_shown(value)
    return (
        told if field in {"address", "prefix", "name_servers", "mail_exchangers", "soa_mailbox"} else _kind(field, told)
    )


def _kind(field: str, told: str) -> str:
    return f"{shown(field, 20).replace('_', ' ')} {told}"
