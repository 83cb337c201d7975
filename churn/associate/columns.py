"""The columns of a portfolio: their names, what else registrars call them, what they hold.

What belongs here: names and types. What doesn't: reading a file (`portfolio`).
"""

from __future__ import annotations

from collections.abc import Collection

from churn.errors import UsageError
from churn.markings import printable
from churn.store.schema import INSTANT, TEXT, TEXTS, Column, Kind, Table

COLUMNS = (
    Column("domain", TEXT, "the domain, A-label or in its own script", required=True),
    Column("account_hash", TEXT, "keyed hash of the account that holds it"),
    Column("created_at", INSTANT, "creation; UTC where it names no zone; a date alone is read as a day"),
    Column("order_id", TEXT, "the order (basket, request) in which it was registered"),
    Column("payment_hash", TEXT, "keyed hash of the means of payment"),
    Column("contact_hash", TEXT, "keyed hash of the registrant's e-mail address"),
    Column("access_hash", TEXT, "keyed hash of the network address from which it was ordered"),
    Column("name_servers", TEXTS, "its name servers, joined by | in CSV"),
    Column("addresses", TEXTS, "its A and AAAA records, joined by | in CSV"),
)
ASKED_FOR = ("domain", "account_hash", "created_at", "order_id")
_SAME = {
    "domain": ("domain_name", "fqdn", "name"),
    "account_hash": ("account", "account_id", "account_id_hash", "customer", "customer_id", "customer_hash"),
    "created_at": ("created", "creation_date", "created_date", "registered_at", "registration_date"),
    "order_id": ("order", "order_number", "basket_id", "order_id_hash", "order_hash"),
    "payment_hash": ("payment", "payment_id", "payment_id_hash"),
    "contact_hash": ("contact", "contact_id", "registrant_hash", "registrant_email_hash", "email_hash"),
    "access_hash": ("access", "login_hash", "ip_hash", "order_ip_hash"),
    "name_servers": ("nameservers", "ns", "nameserver"),
    "addresses": ("address", "a", "ip", "ips", "ip_addresses"),
}
_MEANT = {name: name for name in _SAME} | {other: name for name, others in _SAME.items() for other in others}
READABLE = Table(
    "portfolio",
    Kind.FACT,
    "A registrar's own domains, in any spelling of the columns.",
    ("domain",),
    tuple(Column(name, TEXT, "") for name in _MEANT),
)


def meant(given: Collection[str]) -> dict[str, str]:
    """Our columns that a file has, with its own names for them. Case, spaces and hyphens don't matter.

    Raises UsageError, with what is there and what is needed, where there is no domain, nothing to compare, or two
    columns mean the same.
    """
    found: dict[str, str] = {}
    for theirs in given:
        ours = _MEANT.get(theirs.strip().lower().replace(" ", "_").replace("-", "_"))
        if ours is None:
            continue
        if ours in found:
            both = " and ".join(printable(each, 40) for each in (found[ours], theirs))
            raise UsageError(f"The columns {both} both mean {ours}; leave one of them out.")
        found[ours] = theirs
    if "domain" not in found or len(found) < 2:
        there = ", ".join(printable(each, 40) for each in list(given)[:20]) or "none"
        encoding = "" if "".join(given).isprintable() else " Save it as UTF-8."
        names = ", ".join(column.name for column in COLUMNS)
        raise UsageError(
            f"The portfolio has the columns {there}; needed are domain and at least one of the others of {names} "
            f"(best: {', '.join(ASKED_FOR)}); rename its columns.{encoding}"
        )
    return found
