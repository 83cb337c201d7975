"""The fields of evidence, in families that are independent of each other: two fields of one family are not.

What belongs here: which fields there are, which of them are paired, tie batches together, attach. What doesn't: how a
value is read off a fact (the views `*_evidence` of the store and `sql/trait.sql`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Field:
    """A column of `trait`.

    `source`: what shows it, in the word of the ledger; `observed_at`: the column of `trait` that says when; `ties`: an
    operator's own value of it joins the pairs that hold it; `attaches`: one value alone may bring a domain into the
    cluster that holds most of it; `most_on_a_day`: how many domains of the window may have a value that the day of
    arrival alone makes a pair with (0: none may).
    """

    name: str
    family: str
    source: str
    observed_at: str
    ties: bool = False
    attaches: bool = False
    most_on_a_day: int = 0


FIELDS = (
    Field("registrant_email", "owner", "registration", "registration_at", ties=True, attaches=True),
    Field("registrant_phone", "owner", "registration", "registration_at", ties=True, attaches=True),
    Field("registrant_org", "owner", "registration", "registration_at", ties=True, attaches=True),
    Field("created_minute", "registration", "registration", "registration_at"),
    Field("name_servers", "infrastructure", "hosting", "hosting_at", ties=True, attaches=True),
    Field("address", "infrastructure", "hosting", "hosting_at", ties=True, attaches=True),
    Field("prefix", "infrastructure", "hosting", "hosting_at"),
    Field("mail_exchangers", "infrastructure", "hosting", "hosting_at", ties=True, attaches=True),
    Field("soa_mailbox", "infrastructure", "hosting", "hosting_at", ties=True, attaches=True),
    Field("certificate_key", "infrastructure", "certificate", "certificate_at", ties=True, attaches=True),
    Field("skeleton", "name", "name", "day", most_on_a_day=16),
    Field("stem", "name", "name", "day", most_on_a_day=16),
    Field("template", "name", "name", "day", most_on_a_day=64),
    Field("word", "name", "name", "day"),
    Field("series", "report", "sighting", "reported_at", attaches=True),
    Field("batch", "report", "sighting", "reported_at", attaches=True),
    Field("arrival_day", "arrival", "sighting", "registered_at"),
)
"""In the order of their numbers in the tables of the linking."""

CODES = 1 << 26
"""Room for the codes of a field's values: that at a place of a field is the field's number times this and the place."""

NUMBER = {field.name: number for number, field in enumerate(FIELDS)}


def independent(u: Field, v: Field) -> bool:
    """Whether a pair of values of these fields is evidence.

    A day of arrival is weak and pairs with names only, as far as few have them: on a real stream of 70,000 a day, names
    of one day that share a skeleton or stem with at most 16 of the window, or a template with at most 64, are of one
    campaign hundreds of times oftener than chance; beyond that hardly, and a bare word never. A /24 prefix pairs with
    anything but names, since two operators who name alike may well be neighbours (in the lab it chained two of 400 and
    1,700).
    """
    if u.family == v.family:
        return False
    families = {u.family, v.family}
    if "arrival" in families:
        return families == {"arrival", "name"} and max(u.most_on_a_day, v.most_on_a_day) > 0
    return not ("name" in families and "prefix" in {u.name, v.name})


PAIRS = tuple((u, v) for u, v in combinations(FIELDS, 2) if independent(u, v))
