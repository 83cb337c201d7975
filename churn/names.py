"""Domain names as values: what a name is, its one spelling, and its registrable part.

One spelling everywhere: lower-case A-labels (IDNA 2008 with UTS 46 mapping), no final dot. The registrable part
follows the public suffix list, private section included (whoever registers under `github.io` is not its owner,
and a packet must never ask to suspend the whole), as shipped by the package `publicsuffixlist`; nothing here
touches the network. The same rules stand in SQL (`store/naming.py`, `store/sql/named.sql`) for millions of names at
once; a property test holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import idna
import publicsuffixlist

MAX_NAME = 253
_DEEPEST = 6  # labels of the longest suffix that a rule names; `store/sql/named.sql` has as many joins, a test watches
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class NotANameError(ValueError):
    """The text is no domain name; the message says why."""


@dataclass(frozen=True, slots=True)
class Name:
    """A domain name: `fqdn` as listed and `domain`, its registrable part, both lower-case A-labels."""

    fqdn: str
    domain: str

    @property
    def tld(self) -> str:
        """The last label."""
        return self.domain.rpartition(".")[2]

    @property
    def unicode(self) -> str:
        """The registrable name in U-labels, for people; the A-label where it does not decode."""
        try:
            return idna.decode(self.domain)
        except (idna.IDNAError, UnicodeError):
            return self.domain


def suffix_list_file() -> Path:
    """The public suffix list that this installation uses."""
    return Path(publicsuffixlist.__file__).with_name("public_suffix_list.dat")


@dataclass(frozen=True, slots=True)
class SuffixRule:
    """What the public suffix list says of names that end in one suffix: how many labels their public suffix has.

    `reach` holds for the suffix itself (None: no rule is about it), `reach_below` for names that go on to the left.
    """

    reach: int | None
    reach_below: int


@cache
def suffix_rules() -> dict[str, SuffixRule]:
    """The rules of the public suffix list by suffix, as A-labels.

    Of the rules that match a name, an exception prevails, else the longest (publicsuffix.org/list, "Algorithm"). That
    is the deepest suffix here, since an exception names one label more than the wildcard that it excepts from.
    """
    rules: dict[str, SuffixRule] = {}
    for line in suffix_list_file().read_text(encoding="utf-8").splitlines():
        rule = line.split(maxsplit=1)[0] if line.strip() else "//"
        if rule.startswith("//"):
            continue
        suffix = rule.removeprefix("!").removeprefix("*.")
        if not suffix.isascii():
            suffix = ".".join(_a_label(label) for label in suffix.split("."))
        labels = suffix.count(".") + 1
        known = rules.get(suffix, SuffixRule(None, 0))
        if rule.startswith("!"):
            rules[suffix] = SuffixRule(labels - 1, labels - 1)
        elif rule.startswith("*."):
            rules[suffix] = SuffixRule(known.reach, labels + 1)
        else:
            rules[suffix] = SuffixRule(labels, max(labels, known.reach_below))
    return rules


def _a_label(label: str) -> str:
    """A label of the suffix list, which is normalised already: a hundred times faster than to map and check it."""
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def normalise(text: str) -> str:
    """One spelling of a host name: `Exämple.COM.` -> `xn--exmple-cua.com`.

    Takes names, URLs (cut to the host) and defanged spellings (`hxxp`, `[.]`). Raises NotANameError for anything else,
    IP addresses and names longer than 253 octets included.
    """
    if len(text) > 4096:
        raise NotANameError("longer than any name")
    host = text.strip().replace("[.]", ".").replace("(.)", ".").replace("[:]", ":")
    host = _SCHEME.sub("", host.replace("[://]", "://"))
    host = re.split(r"[/?#\\]", host, maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d{0,5}\Z", "", host).removesuffix(".").lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise NotANameError("not a valid internationalised name (IDNA 2008)") from None
    return _checked(host)


def _checked(host: str) -> str:
    labels = host.split(".")
    if len(host) > MAX_NAME:
        raise NotANameError("longer than 253 octets")
    if len(labels) < 2:
        raise NotANameError("has no dot")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise NotANameError("a label is empty, too long, or holds a character that no host name has")
    if labels[-1].isdigit():
        raise NotANameError("an IP address, or a numeric top-level domain")
    return host


def parse(text: str) -> Name:
    """A name from outside text. Raises NotANameError where it is none, or is itself a public suffix."""
    fqdn = normalise(text)
    labels = fqdn.split(".")
    reach = _suffix_labels(labels)
    if reach >= len(labels):
        raise NotANameError("a public suffix, not a registrable name")
    return Name(fqdn, ".".join(labels[-1 - reach :]))


def _suffix_labels(labels: list[str]) -> int:
    rules = suffix_rules()
    for depth in range(min(len(labels), _DEEPEST), 0, -1):
        if rule := rules.get(".".join(labels[-depth:])):
            reach = rule.reach_below if len(labels) > depth else rule.reach
            if reach is not None:
                return reach
    return 1  # the default rule "*"
