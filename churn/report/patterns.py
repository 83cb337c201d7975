"""How names are built, in words: templates of the linking, coarse patterns of a cluster, scopes of a burst.

What belongs here: reading the notations of `churn.link.forms` and of the burst's questions back into English. What
doesn't: making them. A text that is in none of these notations comes back as `words.shown` makes it harmless.
"""

from __future__ import annotations

import re

from churn.report.words import joined, name_shown, shown

_TEMPLATE = re.compile(r"((?:w|[rdx][1-9]\d?|-|_)+)((?:\.[a-z0-9-]+)*)")
_PIECE = re.compile(r"(w|[rdx]|-|_)(\d*)")
_COARSE = re.compile(r"((?:w|9|-|_)+)((?:\.[a-z0-9-]+)*)")
_COARSE_PIECE = re.compile(r"w|9+|-|_")
_MINUTE = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
_BATCH = re.compile(rf"(?P<registrar>.+), (?P<tld>\.[a-z0-9-]+), (?P<minute>{_MINUTE})", re.DOTALL)
_TOGETHER = re.compile(rf"(?P<feed>.+), (?P<minute>{_MINUTE})(?P<more> and others like it)?", re.DOTALL)
_SAID_BY = {"label": "the class", "series": "the series tag", "cluster": "the cluster"}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def template_words(template: str) -> str:
    """`wwd2.xyzlab` -> `two dictionary words and two digits, under .xyzlab`; the suffix may be missing."""
    found = _TEMPLATE.fullmatch(template)
    return joined([_piece(*piece) for piece in _pieces(found[1])]) + _under(found[2]) if found else shown(template)


def template_brief(template: str) -> str:
    """The same as a label: `2 words, 2 digits .xyzlab`."""
    found = _TEMPLATE.fullmatch(template)
    if found is None:
        return shown(template)
    nouns = {"w": "word", "d": "digit", "r": "letter", "x": "letters and digits", "-": "hyphen", "_": "underscore"}
    parts = [f"{size} {nouns[mark]}{'s' if size > 1 and mark in 'wdr' else ''}" for mark, size in _pieces(found[1])]
    return f"{', '.join(parts)} {shown(found[2], 40)}".strip()


def _pieces(marks: str) -> list[tuple[str, int]]:
    """Kind and size of each piece; words that follow each other count as one piece of so many."""
    pieces: list[tuple[str, int]] = []
    for mark, length in _PIECE.findall(marks):
        if mark == "w" and pieces and pieces[-1][0] == "w":
            pieces[-1] = ("w", pieces[-1][1] + 1)
        else:
            pieces.append((mark, int(length or 1)))
    return pieces


def coarse_words(pattern: str) -> str:
    """`w99` -> `letters and two digits`: the notation of `cluster_day.pattern`, where a 9 is one digit."""
    return _coarse(pattern, exact=True)


def scope_words(scope: str) -> str:
    """What a burst counted that is about no cluster: `names of two dictionary words and two digits, under .xyzlab`."""
    if _TEMPLATE.fullmatch(scope):
        return f"names of {template_words(scope)}"
    batch, together = _BATCH.fullmatch(scope), _TOGETHER.fullmatch(scope)
    if batch:
        return f"names under {shown(batch['tld'])} created at {shown(batch['registrar'], 60)} at {batch['minute']}"
    if together:
        return (
            f"names that {shown(together['feed'], 60)} added together at {together['minute']}{together['more'] or ''}"
        )
    kind, _, owner = scope.partition(" ")
    if kind == "built" and _COARSE.fullmatch(owner):
        return f"names in the habit of reported ones of {_coarse(owner, exact=False)}"
    if kind in _SAID_BY and owner:
        cut = f"{owner[:12]}…" if kind == "series" and len(owner) > 12 else owner
        return f"names in the habit of reported ones of {_SAID_BY[kind]} {shown(cut, 60)}"
    return shown(scope, 100)


def _coarse(pattern: str, *, exact: bool) -> str:
    """`exact`: whether each 9 is one digit; else it is any number of them."""
    found = _COARSE.fullmatch(pattern)
    if found is None:
        return shown(pattern)
    parts = _COARSE_PIECE.findall(found[1])
    if parts == ["w"]:
        return f"letters only{_under(found[2])}"
    return joined([_coarse_piece(part, exact=exact) for part in parts]) + _under(found[2])


def _coarse_piece(part: str, *, exact: bool) -> str:
    if part == "w":
        return "letters"
    if part in "-_":
        return _sign(part)
    return _counted(len(part), "digit") if exact else "digits"


def _piece(mark: str, size: int) -> str:
    if mark in "-_":
        return _sign(mark)
    if mark == "w":
        return _counted(size, "dictionary word")
    if mark == "d":
        return _counted(size, "digit")
    if mark == "r":
        return f"{_counted(size, 'letter')} that {'is' if size == 1 else 'are'} no word"
    return f"{_number(size)} letters and digits mixed"


def _sign(mark: str) -> str:
    return "a hyphen" if mark == "-" else "an underscore"


def _counted(count: int, one: str) -> str:
    return f"{_number(count)} {one}{'' if count == 1 else 's'}"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _under(suffix: str) -> str:
    # a top-level domain alone is no name; a suffix of several labels is shown like one
    return "" if not suffix else f", under .{name_shown(suffix[1:])}"
