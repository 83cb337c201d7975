"""Records of WHOIS answers: from text to the values that stand under known labels, each with whose they are.

1. A heading (`Registrar:`, `[Holder]`, `Admin Contact`) begins a section; a blank line, or a line that is indented
   less, ends it. A paragraph that begins with a contact's label (`person:`, `nic-hdl:`) is that contact's.
2. A value is kept where its label and its section say what it is; `created:` below `Registrant` is not the domain's.
3. A line without a label belongs to what is open: a list of servers, the registrar's name, a desk's mailbox.
4. A second `Domain Name` after facts begins a second record: clients paste the answers of several servers together.

What doesn't belong here: the words (whois_labels.py), what the values mean (whois.py).
"""

from __future__ import annotations

import re
from collections import defaultdict

from churn.enrich.meaning.whois_labels import meaning_of, party_of
from churn.enrich.meaning.whois_lines import LONGEST_LABEL, Line, lines_of, split
from churn.enrich.meaning.whois_sections import Section

Fields = dict[str, list[str]]

MOST_VALUES, MOST_RECORDS = 100, 20

_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,6}[\w-]{2,63}")
_NAMED = re.compile(rf"(?:domain )?({_HOST.pattern})", re.IGNORECASE)
_HANDLE = re.compile(r"[A-Za-z]{0,12}[:_-]?[A-Z0-9_:-]*\d[A-Z0-9_-]*(?:@[A-Z-]+)?")
_STATEMENT = re.compile(
    r"(?:the )?(?:(?:domain|record|entry) (?:name )?)?(?:was |will )?(created|registered|expires?|activated|"
    r"(?<=record )(?:last updated|changed|modified)|(?<=domain )last updated)"
    r"(?: on| at)?:?\s+(?=.{0,30}\d{4})(.{6,60})",
    re.IGNORECASE,
)
_STATED = {"expire": "expires", "expires": "expires"} | dict.fromkeys(("created", "registered", "activated"), "created")
_SECOND_LABEL = re.compile(r"\t\s*(?=[A-Z][\w ]{2,30}:)")
_MAILBOX = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{3,253}")
_LISTS = frozenset({"nameserver", "maybe_nameserver", "status"})
_PERSON = ("name", "organisation", "email", "phone", "country")
_DOMAINS_PERSON = frozenset({"name", "organisation", "country"})  # in its paragraph; a mailbox there is anybody's
_FACTS = ("created", "expires", "registrar", "nameserver")


def read_fields(text: str) -> list[Fields]:
    """Values by field, of each record in the text; at least one, which may be empty."""
    if text.lstrip().startswith("Tonic whoisd"):
        return [_tonic(text)]
    reader = _Reader()
    skipping = False
    for line in lines_of(text):
        if skipping and (line.label or "").lower() != "domain name":
            continue
        skipping = line.body.lower().startswith("last update of whois") and reader.is_common()
        if not skipping:
            reader.read(line)
    reader.name_holders()
    return reader.records


def _tonic(text: str) -> Fields:
    """Tonga's registry has lines of a domain without its suffix and one of its servers: `go ns1.example.net`."""
    fields: Fields = defaultdict(list)
    for words in (line.split() for line in text.split("\n")[1:MOST_VALUES]):
        if len(words) == 2 and _HOST.fullmatch(words[1]):
            fields["domain"] = [words[0]]
            fields["nameserver"].append(words[1])
    return fields


class _Reader:
    """Reads lines one after the other; knows the section that is open, and which paragraph is the domain's."""

    def __init__(self) -> None:
        self.records: list[Fields] = [defaultdict(list)]
        self.objects: dict[str, Fields] = {}
        self.object: Fields = defaultdict(list)
        self.section = Section()
        self.paragraph = 0
        self.described = 0
        self.dated: dict[str, int] = {}
        """In which paragraph each kind of date was given first."""

    @property
    def fields(self) -> Fields:
        """Values of the record that is being read."""
        return self.records[-1]

    def is_common(self) -> bool:
        """Whether this is the common layout of generic top-level domains, below which are terms of use."""
        return bool(self.fields["iana"] and self.fields["created"])

    def read(self, line: Line) -> None:
        """Take one line."""
        self.paragraph += line.is_first
        if self.section.ends_at(line):
            self.section = Section()
        before = self.section
        if line.label is None or not self._labelled(line, line.label, line.value):
            self._bare(line)
        if self.section is before:
            before.is_filled = True

    def _open(self, line: Line, party: str, field: str | None = None, *, only_deeper: bool = False) -> None:
        self.section = Section(party, field, line.indent, only_deeper)

    def _labelled(self, line: Line, label: str, value: str) -> bool:
        """Keep a labelled value; False where the line is to be read as one without a label."""
        meaning = meaning_of(label)
        if meaning is None:
            return self._unknown(line, label, value)
        kind, name = meaning
        given = "" if value.startswith("!") else value  # YAML's `registrar: !Registrar` is a heading
        if kind == "part":
            self._part(line, name, given)
        elif kind == "party":
            self._heading(line, name, given)
        elif self.section.party == "object" or name == "object":
            self._of_object(line, name, given)
        elif not name.startswith("weak_"):
            self._field(line, name, given)
        elif self._is_domains(name[5:]):
            self._field(line, name[5:], given)
        return True

    def _unknown(self, line: Line, label: str, value: str) -> bool:
        """A label that says nothing to us: perhaps a heading, perhaps none."""
        if not value:
            if "." in label and " " not in label and not self.fields["domain"]:
                self._add("domain", label)
            else:
                party = party_of(label)
                self._open(line, party or "nobody", only_deeper=not (party or line.is_first))
            return True
        if self.section.field == "nameserver" and _HOST.match(value):
            self._add("nameserver", value)
        elif self.section.field or "on " in label:
            return False
        elif party_of(label):
            self._open(line, "nobody", only_deeper=True)
        return True

    def _heading(self, line: Line, party: str, value: str) -> None:
        if self.section.party == "object":
            return
        self._open(line, party, only_deeper=bool(value) and not line.is_first)
        if value and party == "registrant":
            self._add("holder", value)
        elif value and party == "abuse":
            self._desk(value)

    def _part(self, line: Line, name: str, value: str) -> None:
        """A part of whoever the section is about."""
        party = self.section.party
        if name == "person":
            if not value:
                self._open(line, "nobody")
            elif line.is_first and party == "domain":
                self._open_object(line, value)
                return
            name = "name"
        if not value:
            return
        if party == "object":
            self.object[name].append(value)
        elif party == "domain" and self.section.field == "domain" and name == "name":
            self._add("domain", value)
        elif party == "domain" and self.described == self.paragraph and name in _DOMAINS_PERSON:
            self._add(name, value)
        elif field := _FIELD_OF_PART.get((party, name)):
            self._add(field, value)

    def _open_object(self, line: Line, key: str) -> None:
        """A paragraph about a contact or a set of servers, that the domain's paragraph names by its handle."""
        self._open(line, "object")
        self.object = defaultdict(list)
        self.objects.setdefault(key, self.object)

    def _of_object(self, line: Line, name: str, value: str) -> None:
        if self.section.party != "object":
            if line.is_first:
                self._open_object(line, value)
        elif name == "object" and len(self.objects) < MOST_VALUES:
            self.objects.setdefault(value, self.object)
        elif name == "nameserver" and value:
            self._add(name, value)

    def _is_domains(self, name: str) -> bool:
        """Whether a date is the domain's own, not that of a contact or of the servers, below it."""
        if self.section.party not in {"domain", "registrar"}:
            return False
        return self.dated.setdefault(name, self.paragraph) == self.paragraph

    def _field(self, line: Line, name: str, value: str) -> None:
        if name == "domain" and ":" in value and "\t" not in value and (inner := split(value))[0]:
            self._labelled(line, inner[0], inner[1])  # RWhois: `domain:Created:20090324`
            return
        if name == "dns":
            name = "domain" if self._is_spelling(value) else "nameserver"
        if name == "provider" and not value:
            name = "reseller"  # in a registrar's letter; a registry that writes it on one line means the registrar
        if name == "domain":
            self.described = self.paragraph
        self._enter(line, name, value)
        parts = _SECOND_LABEL.split(value) if "\t" in value else [value]
        for part in filter(None, parts):
            self._second(part) if part is not parts[0] else self._add(name, part)

    def _second(self, part: str) -> None:
        """The second label on a line, behind a tab."""
        label, value = split(part)
        meaning = meaning_of(label) if label else None
        if meaning and meaning[0] == "field" and value:
            self._add(meaning[1].removeprefix("weak_"), value)

    def _is_spelling(self, value: str) -> bool:
        """Whether a name is the domain's own once more, as A-labels."""
        domain = next(iter(self.fields["domain"]), "").lower()
        return value.lower() == domain or (value.lower().startswith("xn--") and not domain.isascii())

    def _enter(self, line: Line, name: str, value: str) -> None:
        """What a field's label opens: its list, the registrar's section, or the domain's own section again."""
        if name == "registrar":
            self._open(line, "registrar", None if value else name, only_deeper=bool(value) and not line.is_first)
        elif not value or name in _LISTS:
            self._open(line, "domain", name, only_deeper=bool(value))
        elif not name.startswith("abuse") and (self.section.party != "domain" or self.section.field):
            self.section = Section()

    def _bare(self, line: Line) -> None:
        """A line without a label that is known."""
        if len(line.body) <= LONGEST_LABEL and self._is_heading(line):
            return
        field, party = self.section.field, self.section.party
        if line.is_first and self.section.indent < 0 and not self.fields["domain"]:
            if named := _NAMED.fullmatch(line.body):
                self._add("domain", named[1])
        elif field:
            if field in _LISTS or not self.section.is_filled:
                self._add(field, line.body)
        elif party == "registrant":
            self._person(line.body)
        elif party == "abuse":
            self._desk(line.body)
        if party in {"domain", "registrar"} and (stated := _STATEMENT.match(line.body)):
            self._add(_STATED.get(stated[1].lower(), "updated"), stated[2])

    def _is_heading(self, line: Line) -> bool:
        """Whether a line is a heading without a colon, which then opens its section."""
        if self.section.party == "object" or (self.section.field and not line.is_first):
            return False
        meaning = meaning_of(line.body)
        if meaning is None and line.is_first and line.indent == 0 and len(line.body) < 40 and party_of(line.body):
            meaning = ("party", "nobody")
        if meaning is None or meaning[0] == "part":
            return False
        if meaning[0] == "party":
            self._open(line, meaning[1])
        else:
            self._enter(line, meaning[1], "")
        return True

    def _person(self, body: str) -> None:
        if mailbox := _MAILBOX.search(body):
            self._add("email", mailbox[0])
            body = body.replace(mailbox[0], "").strip()
        if body and not self.section.is_filled:
            self._add("name", body)

    def _desk(self, body: str) -> None:
        if mailbox := _MAILBOX.search(body):
            self._add("abuse_email", mailbox[0])
        elif sum(c.isdigit() for c in body) >= 7 and not any(c.isalpha() for c in body):
            self._add("abuse_phone", body)

    def _add(self, name: str, value: str) -> None:
        is_full = name == "domain" and self.fields[name] and any(self.fields[fact] for fact in _FACTS)
        if is_full and "." in value and len(self.records) < MOST_RECORDS:
            self.records.append(defaultdict(list))
            self.dated.clear()
        values = self.fields[name]
        if value not in values and len(values) < MOST_VALUES:
            values.append(value)

    def name_holders(self) -> None:
        """The registrant that a record names by a handle is the contact with that handle."""
        for fields in self.records:
            known = next((self.objects[key] for key in fields["holder"] if key in self.objects), None)
            if known:
                fields.update({name: list(known[name]) for name in _PERSON})
            elif not fields["name"]:
                fields["name"] = [name for name in fields["holder"] if not _HANDLE.fullmatch(name)]


_FIELD_OF_PART = {
    **{("registrant", name): name for name in _PERSON},
    ("registrar", "name"): "registrar",
    ("registrar", "organisation"): "registrar_org",
    ("reseller", "name"): "reseller",
    ("abuse", "email"): "abuse_email",
    ("abuse", "phone"): "abuse_phone",
}
