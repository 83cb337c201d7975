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

    `ties`: an operator's own value of it joins the pairs that hold it; `attaches`: one value alone may bring a domain
    into the cluster that holds most of it; `most_on_a_day`: how many domains of the window may have a value that the
    day of arrival alone makes a pair with (0: none may).
    """

    name: str
    family: str
    ties: bool = False
    attaches: bool = False
    most_on_a_day: int = 0


FIELDS = (
    Field("registrant_email", "owner", ties=True, attaches=True),
    Field("registrant_phone", "owner", ties=True, attaches=True),
    Field("registrant_org", "owner", ties=True, attaches=True),
    Field("created_minute", "registration"),
    Field("name_servers", "infrastructure", ties=True, attaches=True),
    Field("address", "infrastructure", ties=True, attaches=True),
    Field("prefix", "infrastructure"),
    Field("mail_exchangers", "infrastructure", ties=True, attaches=True),
    Field("soa_mailbox", "infrastructure", ties=True, attaches=True),
    Field("certificate_key", "infrastructure", ties=True, attaches=True),
    Field("skeleton", "name", most_on_a_day=16),
    Field("stem", "name", most_on_a_day=16),
    Field("template", "name", most_on_a_day=64),
    Field("word", "name"),
    Field("series", "report", attaches=True),
    Field("batch", "report", attaches=True),
    Field("arrival_day", "arrival"),
)
"""In the order of their numbers in the tables of the linking."""

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
