"""What kind of answer a WHOIS text without a record is: no such domain, reserved, asked too often, refused, broken.

Boilerplate has the words of all of these ("exceeding the query limit", "whether a name is available"). Two things tell
a statement from it: a statement stands alone, in a short paragraph, and it is not under a condition ("if you exceed").
What only statements say is looked for in long paragraphs too. A limit goes before everything else, since servers print
"no entries found" below it; of the rest, the first paragraph that says something counts.

What doesn't belong here: the words (whois_sayings.py), and answers with facts about a domain, which are records
whatever else they say (whois.py).
"""

from __future__ import annotations

import re

from churn.enrich.meaning import whois_sayings as says
from churn.enrich.meaning.whois_labels import unaccented
from churn.outcomes import Outcome

Verdict = tuple[Outcome, str | None]

LONGEST_STATEMENT = 400
LONGEST_PARAGRAPH = 4_000
MOST_PARAGRAPHS = 60

_THROTTLED: Verdict = (Outcome.RATE_LIMITED, "throttle text")
_ABSENT: Verdict = (Outcome.NOT_FOUND, None)
_QUOTES = re.compile(r"[\"'“”«»<>*]+")
_MARK = re.compile(r"^[%#;>*\s-]+")


def verdict_of(text: str) -> Verdict:
    """The outcome of an answer that has no record, and a word of explanation."""
    short, long = _paragraphs(unaccented(text))
    if any(_stated(says.THROTTLED, paragraph) for paragraph in short):
        return _THROTTLED
    for paragraph in short:
        if verdict := _statement(paragraph):
            return verdict
    if any(_stated(says.LIMIT_TOLD, paragraph) for paragraph in long):
        return _THROTTLED
    if any(map(says.PLAINLY_ABSENT.search, long)):
        return _ABSENT
    if any(_stated(says.REFUSED, paragraph) for paragraph in short):
        return Outcome.REFUSED, "refusal in the text"
    return Outcome.MALFORMED, "not understood"


def _statement(paragraph: str) -> Verdict | None:
    """What a short paragraph says; None where it says none of these."""
    if says.PLAINLY_ABSENT.search(paragraph):
        return _ABSENT
    if _stated(says.DOWN, paragraph):
        return Outcome.SERVER_FAILURE, "says that it is out of service"
    if _stated(says.WAIT, paragraph):
        return _THROTTLED
    if _stated(says.RESERVED, paragraph):
        return Outcome.NOT_FOUND, "reserved"
    return _ABSENT if _stated(says.ABSENT, paragraph) else None


def _stated(saying: re.Pattern[str], text: str) -> bool:
    """Whether a saying stands in a text without a condition before it."""
    return any(
        not says.CONDITION.search(text[max(0, found.start() - 160) : found.start()]) for found in saying.finditer(text)
    )


def _paragraphs(text: str) -> tuple[list[str], list[str]]:
    """Short paragraphs, which may be statements, and long ones; each on one line, comment marks and quotes cut.

    The first line of a long one is a short one too where it ends a sentence: terms of use follow some statements.
    """
    short: list[str] = []
    long: list[str] = []
    lines: list[str] = []
    was_marked = False
    for line in [*text.split("\n"), ""]:
        clean = _QUOTES.sub("", _MARK.sub("", line[:600])).strip()
        is_marked = line.lstrip()[:1] in {"%", "#"}
        if lines and (not clean or is_marked != was_marked):
            whole = " ".join(lines)[:LONGEST_PARAGRAPH]
            if len(whole) <= LONGEST_STATEMENT:
                short.append(whole)
            else:
                long.append(whole)
                short += [lines[0]] if lines[0].endswith((".", "!")) else []
            lines = []
        if clean:
            lines.append(clean)
        was_marked = is_marked
        if len(short) + len(long) >= MOST_PARAGRAPHS:
            break
    return short, long
