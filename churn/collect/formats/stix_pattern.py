"""STIX patterns (STIX 2.1, 9): the domains and URLs that one says to be those of an attack.

Only what a comparison affirms is one (`=`, `IN`); what it negates (`!=`, `NOT`) is not, and what it describes (`LIKE`,
`MATCHES`) is no name. How comparisons are combined makes no difference to that. No grammar is checked beyond words and
literals: a pattern that another tool would refuse may be read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""\s+ | /\*.*?\*/ | //[^\r\n]*
    | (?P<literal>[htb]'(?:[^'\\]|\\.)*')
    | (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<word>[A-Za-z_][A-Za-z0-9_-]*)
    | (?P<number>[+-]?[0-9.][0-9.eE+-]*)
    | (?P<sign>==|!=|<>|<=|>=|[=<>\[\](),:.*])""",
    re.VERBOSE | re.DOTALL,
)
_TYPES = {"domain-name", "url"}
_END = ("end", "")


def names_in(pattern: str) -> list[str]:
    """The values that `domain-name:value` and `url:value` are said to have. Raises ValueError for no pattern."""
    tokens = [*_tokens(pattern), _END, _END, _END, _END]
    if ("sign", "[") not in tokens:
        raise ValueError("no observation in [ ]")
    names = list[str]()
    for at, (kind, text) in enumerate(tokens):
        if (
            kind == "word"
            and text in _TYPES
            and tokens[at + 1] == ("sign", ":")
            and tokens[at + 2][1].strip("'") == "value"
        ):
            names += _affirmed(tokens, at + 3)
    return names


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(pattern):
        found = _TOKEN.match(pattern, at)
        if found is None:
            raise ValueError(f"nothing that a pattern holds at character {at + 1}")
        at = found.end()
        if found.lastgroup:
            yield found.lastgroup, found[0]


def _affirmed(tokens: list[tuple[str, str]], at: int) -> Iterator[str]:
    """The strings to which the comparison whose operator stands at `at` says that something is equal."""
    kind, operator = tokens[at]
    if operator in {"=", "=="} and tokens[at + 1][0] == "string":
        yield _unescaped(tokens[at + 1][1])
    elif kind == "word" and operator.upper() == "IN" and tokens[at + 1] == ("sign", "("):
        for kind, text in tokens[at + 2 :]:
            if (kind, text) == ("sign", ")") or kind == "end":
                return
            if kind == "string":
                yield _unescaped(text)


def _unescaped(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", literal[1:-1], flags=re.DOTALL)
