"""Lines of WHOIS answers: label and value in any of the layouts, and where in the text a line stands.

`label: value`, `label.....: value`, `label. . . . value`, `[label] value`, `a. [label] value`, `label<TAB>value`,
`label = value`; comments and drawn lines are left out. What doesn't belong here: what a label means (whois_labels.py)
and whose section a line stands in (whois_sections.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from churn.enrich.meaning.whois_labels import meaning_of

MOST_LINES = 1_500
LONGEST_LINE = 600
LONGEST_LABEL = 80

_BRACKETED = re.compile(r"(?:[a-z]\.? )?\[([^\]\s][^\]]{0,60})\]\s*(.*)")
_LEADERS = re.compile(r"([^.]{2,60}?)#?\s?(?:\. ?){4,}(\S.*)")
_WIDE = re.compile(r"(\S(?:.{0,58}?\S)?)(?:\t+|\s{3,}|\s*=\s*)(\S.*)")


@dataclass(slots=True)
class Line:
    """One line that is no comment: `body` without white space around, and the label and value in it, if any."""

    body: str
    indent: int
    is_first: bool
    """Whether a blank line, or nothing, is above it."""
    label: str | None
    value: str


def lines_of(text: str, most: int = MOST_LINES) -> Iterator[Line]:
    """The lines of a text, bounded in length and number."""
    is_first, has_columns = True, False
    for whole in text.split("\n")[:most]:
        line = whole[:LONGEST_LINE].rstrip()
        body = line.lstrip()
        if not body:
            is_first = True
            continue
        if body[0] in "%#;=_~" and (body[0] in "%#;" or not body.strip("=_~ ")):
            continue  # a comment, or a line drawn below a heading
        indent = len(line) - len(body)
        if body[0] in "*->":
            body = body.lstrip("*-> ")
            if not body:
                continue
        label, value = split(body)
        if label and "[" in body[:4]:
            has_columns = has_columns or bool(value)
            if has_columns and not value:
                continue  # an empty column, no heading
        yield Line(body, indent, is_first, label, value)
        is_first = False


def split(body: str) -> tuple[str | None, str]:
    """Label and value of a line; None where it has no label."""
    if "[" in body[:3] and (bracketed := _BRACKETED.fullmatch(body)):
        return bracketed[1], bracketed[2].lstrip(": ")
    cut = body.find(":")
    if 0 < cut <= LONGEST_LABEL:
        return body[:cut].rstrip(" .\t"), body[cut + 1 :].lstrip(": \t")
    if (". ." in body or "...." in body) and (leaders := _LEADERS.fullmatch(body)):
        return leaders[1].rstrip(), leaders[2]
    if "\t" in body or "   " in body or "=" in body:
        wide = _WIDE.fullmatch(body)
        if wide and meaning_of(wide[1]):
            return wide[1], wide[2]
    return None, body
