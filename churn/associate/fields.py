"""The fields in which two domains of a portfolio can be alike, in families that are independent of each other.

What belongs here: which fields there are, the column that each comes from, and the words for them. What doesn't: how
much a shared value says (`score`), and how a file is read (`portfolio`).
"""

from __future__ import annotations

from dataclasses import dataclass

MANY = 5_000
"""Domains that share a value beyond which it never brings domains forward by itself."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    `column` is the column of the portfolio that it needs; `words` name it for people; `leads_up_to`: a value that no
    more domains have brings them forward as candidates. A value that more have counts only beside one that does.
    """

    name: str
    family: str
    column: str
    words: str
    leads_up_to: int = MANY


FIELDS = (
    Field("account", "customer", "account_hash", "same account"),
    Field("payment", "customer", "payment_hash", "same means of payment"),
    Field("contact", "customer", "contact_hash", "same contact"),
    Field("access", "customer", "access_hash", "ordered from the same address"),
    Field("order", "registration", "order_id", "same order"),
    Field("run", "registration", "created_at", "same run of registrations in the account, no gap over ten minutes"),
    Field("minute", "registration", "created_at", "created in the same minute", leads_up_to=2_000),
    Field("created_day", "registration", "created_at", "created on the same day", leads_up_to=0),
    Field("name_servers", "infrastructure", "name_servers", "same set of name servers", leads_up_to=2_000),
    Field("address", "infrastructure", "addresses", "same IP address", leads_up_to=2_000),
    Field("skeleton", "name", "domain", "same label, or one that looks like it", leads_up_to=200),
    Field("stem", "name", "domain", "same beginning of the label", leads_up_to=200),
    Field("template", "name", "domain", "same pattern of the name", leads_up_to=64),
    Field("cluster", "listing", "domain", "same group of related domains, as published"),
)
BY_NAME = {field.name: field for field in FIELDS}
FAMILIES = tuple(dict.fromkeys(field.family for field in FIELDS))
