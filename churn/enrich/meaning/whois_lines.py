"""Layouts of WHOIS answers: from text to the values that stand under known labels, each with whose they are.

1. Split a line into label and value: `label: value`, `label.....: value`, `[label] value`, `label<TAB>value`.
2. Know whose section the line stands in: a heading begins one; a blank line, or a line that is less indented, ends it.
3. Keep the value where label and section say what it is. A line without a label belongs to the list or section that is
   open: a name server, a registrar's name, a desk's mailbox.
4. A second `Domain Name` after facts begins a second record: clients paste the answers of several servers together.

What doesn't belong here: the words themselves (whois_labels.py), and what the values mean (whois.py).
"""

from __future__ import annotations

import re
from collections import defaultdict

from churn.enrich.meaning.whois_labels import meaning_of, party_of

Fields = dict[str, list[str]]

MOST_LINES = 1_500
MOST_VALUES = 100
MOST_RECORDS = 20
LONGEST_LINE = 600
LONGEST_LABEL = 80

_BRACKETED = re.compile(r"(?:[a-z]\.? )?\[([^\]\s][^\]]{0,60})\]\s*(.*)")
_LEADERS = re.compile(r"([^.]{2,60}?)#?\s?(?:\. ?){4,}(\S.*)")
_WIDE = re.compile(r"(\S(?:.{0,58}?\S)?)(?:\t+|\s{3,}|\s*=\s*)(\S.*)")
_STATEMENT = re.compile(
    r"(?:the )?(?:(?:domain|record|entry) (?:name )?)?(?:was |will )?"
    r"(created|registered|expires?|(?<=record )last updated|(?<=domain )last updated|activated)"
    r"(?: on| at)?:?\s+(?=.{0,30}\d{4})(.{6,60})",
    re.IGNORECASE,
)
_STATED = {"created": "created", "registered": "created", "activated": "created", "last updated": "updated"}
_SECOND_LABEL = re.compile(r"\t\s*(?=[A-Z][\w ]{2,30}:)")
_MAILBOX = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{3,253}")
_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,6}[\w-]{2,63}")
_HANDLE = re.compile(r"[A-Z0-9_-]*\d[A-Z0-9_-]*(?:@[A-Z-]+)?")
_LISTS = frozenset({"nameserver", "status"})
_FACTS = ("created", "expires", "registrar", "nameserver")


def read_fields(text: str) -> list[Fields]:
    """Values by field, of each record in the text; at least one, which may be empty."""
    if text.lstrip().startswith("Tonic whoisd"):
        return [_tonic(text)]
    reader = _Reader()
    lines = text.split("\n")[:MOST_LINES]
    at = 0
    while at < len(lines):
        body = lines[at].strip()
        if body.startswith(">>>") and reader.fields["iana"] and reader.fields["created"]:
            at = _next_record(lines, at)
            continue
        reader.read(lines[at][:LONGEST_LINE].rstrip(), body[:LONGEST_LINE])
        at += 1
    reader.name_holder()
    return reader.records


def _tonic(text: str) -> Fields:
    """Tonga's registry has lines of a domain without its suffix and one of its servers: `go ns1.example.net`."""
    fields: Fields = defaultdict(list)
    for words in (line.split() for line in text.split("\n")[1:MOST_VALUES]):
        if len(words) == 2 and _HOST.fullmatch(words[1]):
            fields["domain"] = [words[0]]
            fields["nameserver"].append(words[1])
    return fields


def _next_record(lines: list[str], at: int) -> int:
    """Where another record begins; in the common layout terms of use follow the first."""
    return next((n for n in range(at + 1, len(lines)) if lines[n].lstrip()[:12].lower() == "domain name:"), len(lines))


class _Reader:
    """Where in an answer we are.

    `party` is whose section, `opened` the field whose list is open, `described` whether this paragraph is the domain's,
    `columns` whether labels stand in brackets before their values.
    """

    def __init__(self) -> None:
        self.records: list[Fields] = [defaultdict(list)]
        self.objects: dict[str, Fields] = {}
        self.object: Fields = defaultdict(list)
        self.blank = True
        self.begun = self.columns = False
        self.described = False
        self._close()

    @property
    def fields(self) -> Fields:
        """Values of the record that is being read."""
        return self.records[-1]

    def _close(self) -> None:
        self.party, self.opened = "domain", None
        self.indent, self.only_deeper, self.deeper, self.filled = -1, False, False, False

    def _open(self, party: str, field: str | None, indent: int, *, only_deeper: bool = False) -> None:
        self.party, self.opened = party, field
        self.indent, self.only_deeper, self.deeper, self.filled = indent, only_deeper, False, False
        self.begun = True

    def read(self, line: str, body: str) -> None:
        """One line; `body` is it without the white space around."""
        if not body:
            self.blank = True
            return
        if body[0] in "%#>;" or not body.strip("=_~ "):
            return  # a comment, or a line drawn below a heading
        if body[0] in "*-":
            body = body.lstrip("*- ")
            if not body:
                return
        indent = len(line) - len(line.lstrip()) if line[0] in " \t" else 0
        fresh, self.blank = self.blank, False
        self.described = self.described and not fresh
        if self.indent >= 0:
            self._leave(indent, fresh)
        label, value = split(body)
        if "[" in body[:4] and label:
            self.columns = self.columns or bool(value)
            if self.columns and not value:
                return  # an empty column, no heading
        if label is None or not self._labelled(label, value, indent, fresh):
            self._bare(body, indent, fresh)
        self.filled, self.begun = not self.begun, False

    def _leave(self, indent: int, fresh: bool) -> None:
        """End the section where this line is outside of it."""
        if not self.filled:
            self.deeper = indent > self.indent
        outside = indent <= self.indent
        if outside and (self.only_deeper or self.deeper or (fresh and self.filled)):
            self._close()
        elif fresh and self.filled and (self.party == "object" or not self.deeper):
            self._close()

    def _labelled(self, label: str, value: str, indent: int, fresh: bool) -> bool:
        """Keep a labelled value; False where the line is to be read as one without a label."""
        meaning = meaning_of(label)
        if meaning is None:
            return self._unknown(label, value, indent)
        kind, name = meaning
        if kind == "part":
            self._part(name, value, indent, fresh)
        elif kind == "party":
            self._heading(name, value, indent)
        else:
            self._field(name, value, indent, fresh)
        return True

    def _unknown(self, label: str, value: str, indent: int) -> bool:
        if value:
            if self.opened or "on " in label:
                return False
            if party_of(label):
                self._open("nobody", None, indent, only_deeper=True)
            return True
        if "." in label and " " not in label and not self.fields["domain"]:
            self._add("domain", label)
            return True
        self._open(party_of(label) or "nobody", None, indent)
        return True

    def _heading(self, party: str, value: str, indent: int) -> None:
        if self.party == "object":
            return
        has_value = bool(value) and not value.startswith("!")
        self._open(party, None, indent, only_deeper=has_value)
        if has_value and party == "registrant":
            self._add("name", value)
            self._add("holder", value)
        elif has_value and party == "abuse":
            self._desk(value)

    def _part(self, name: str, value: str, indent: int, fresh: bool) -> None:
        """A part of whoever the section is about."""
        if not value:
            if name == "person":
                self._open("nobody", None, indent)
            return
        if name == "person":
            if fresh and self.party == "domain":
                self._object(value, indent)
                return
            name = "name"
        if self.party == "object":
            self.object[name].append(value)
        elif self.party == "registrant":
            self._add(name, value)
        elif self.party == "registrar" and name in {"name", "organisation"}:
            self._add("registrar" if name == "name" else "registrar_org", value)
        elif self.party == "reseller" and name == "name":
            self._add("reseller", value)
        elif self.party == "abuse" and name in {"email", "phone"}:
            self._add(f"abuse_{name}", value)
        elif self.party == "domain" and self.described and name in {"name", "organisation", "country"}:
            self._add(name, value)

    def _object(self, key: str, indent: int) -> None:
        """A paragraph about a contact or a set of servers, that the domain's paragraph names by its handle."""
        self._open("object", None, indent)
        self.object = defaultdict(list)
        self.objects.setdefault(key, self.object)

    def _field(self, name: str, value: str, indent: int, fresh: bool) -> None:
        if name == "object":
            if self.party != "object" and fresh:
                self._object(value, indent)
            elif self.party == "object" and len(self.objects) < MOST_VALUES:
                self.objects.setdefault(value, self.object)
            return
        if self.party == "object" and name != "nameserver":
            return
        if name.startswith("weak_"):
            if self.party != "domain":
                return
            name = name[5:]
        if name == "domain" and ":" in value and (inner := split(value))[0]:
            self._labelled(inner[0] or "", inner[1], indent, fresh=False)
            return
        if name == "domain":
            self.described = True
        if self.party != "object":
            self._enter(name, value, indent)
        if value and not value.startswith("!"):
            for part in _SECOND_LABEL.split(value) if "\t" in value else (value,):
                if part is value or not self._second(part):
                    self._add(name, part)

    def _second(self, part: str) -> bool:
        """The second label on a line, behind a tab."""
        label, value = split(part)
        meaning = meaning_of(label) if label else None
        if meaning and meaning[0] == "field" and value:
            self._add(meaning[1].removeprefix("weak_"), value)
            return True
        return False

    def _enter(self, name: str, value: str, indent: int) -> None:
        """What a field's label opens: its list, the registrar's section, or the domain's own section again."""
        if name == "registrar":
            self._open(
                "registrar", None if value and not value.startswith("!") else name, indent, only_deeper=bool(value)
            )
        elif not value or name in _LISTS:
            self._open("domain", name, indent, only_deeper=bool(value))
        elif not name.startswith("abuse") and (self.party != "domain" or self.opened):
            self._close()

    def _bare(self, body: str, indent: int, fresh: bool) -> None:
        """A line without a label that is known."""
        if len(body) <= LONGEST_LABEL and self._is_heading(body, indent, fresh):
            return
        if not any(self.fields.values()) and _HOST.fullmatch(body):
            self._add("domain", body)
        elif self.opened:
            if self.opened in _LISTS or not self.filled:
                self._add(self.opened, body)
        elif self.party == "registrant":
            self._person(body)
        elif self.party == "abuse":
            self._desk(body)
        elif self.party == "domain" and (stated := _STATEMENT.match(body)):
            self._add(_STATED.get(stated[1].lower(), "expires"), stated[2])

    def _is_heading(self, body: str, indent: int, fresh: bool) -> bool:
        """Whether a line is a heading without a colon, which then opens its section."""
        meaning = meaning_of(body.rstrip(":"))
        if meaning is None:
            if not (fresh and indent == 0 and len(body) < 40 and party_of(body)):
                return False
            meaning = ("party", "nobody")
        kind, name = meaning
        if kind == "part" or self.party == "object" or (self.opened and not fresh and not body.endswith(":")):
            return False
        if kind == "party":
            self._open(name, None, indent)
        else:
            self._enter(name, "", indent)
        return True

    def _person(self, body: str) -> None:
        mailbox = _MAILBOX.search(body)
        if mailbox:
            self._add("email", mailbox[0])
        elif not self.filled:
            self._add("name", body)

    def _desk(self, body: str) -> None:
        if mailbox := _MAILBOX.search(body):
            self._add("abuse_email", mailbox[0])
        elif sum(c.isdigit() for c in body) >= 7 and not any(c.isalpha() for c in body):
            self._add("abuse_phone", body)

    def _add(self, name: str, value: str) -> None:
        if name == "domain" and "." in value and self._is_complete():
            self.records.append(defaultdict(list))
        values = self.fields[name]
        if value not in values and len(values) < MOST_VALUES:
            values.append(value)

    def _is_complete(self) -> bool:
        known = self.records[-1]
        return bool(known["domain"]) and any(known[name] for name in _FACTS) and len(self.records) < MOST_RECORDS

    def name_holder(self) -> None:
        """The registrant that a record names by a handle is the contact with that handle."""
        for fields in self.records:
            holder = next((self.objects[key] for key in fields["holder"] if key in self.objects), None)
            if fields["holder"] and fields["name"] == fields["holder"][:1] and _HANDLE.fullmatch(fields["name"][0]):
                fields["name"] = []
            if holder:
                for name in ("name", "organisation", "email", "phone", "country"):
                    fields[name] = list(holder[name])


def split(body: str) -> tuple[str | None, str]:
    """Label and value of a line; None where it has no label."""
    if "[" in body[:3]:
        bracketed = _BRACKETED.fullmatch(body)
        if bracketed:
            return bracketed[1], bracketed[2].lstrip(": ")
    cut = body.find(":")
    if 0 < cut <= LONGEST_LABEL:
        return body[:cut].rstrip(" .\t"), body[cut + 1 :].lstrip(": \t")
    if ". ." in body or "...." in body:
        leaders = _LEADERS.fullmatch(body)
        if leaders:
            return leaders[1].rstrip(), leaders[2]
    if "\t" in body or "   " in body or "=" in body:
        wide = _WIDE.fullmatch(body)
        if wide and meaning_of(wide[1]):
            return wide[1], wide[2]
    return None, body
