"""What the answer must say of its own weight: associated is not guilty, and here is why it may be wrong in this case.

What belongs here: the rules and the words. What doesn't: the probability (`score`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from churn.associate.reported import Reported

STATEMENT = (
    "Associated is not guilty. Each domain below shares traits with a reported one in this portfolio and needs "
    "evidence of its own before anything is done to it; an associated-domain check says where to look."
)
MANY_IN_ACCOUNT = 1_000
MANY_IN_ORDER = 100
OLD_DAYS = 90
"""As in the packets: reported later than that after its creation, a domain may be a compromised customer's."""
YEARS_DAYS = 730

_WORDS = {
    "large_account": "the account has {domains} domains: by itself it says little (a reseller, a domainer)",
    "spread_account": "the account's domains were created from {first} to {last}: a customer of long standing, whose "
    "reported domain may be compromised, or whose account may have been taken over",
    "large_order": "the order has {domains} domains: a domainer's bulk order looks the same",
    "old_when_reported": "it was {days} days old when it was reported: it may be a compromised customer's, and then an "
    "associated-domain check is not called for",
    "undetermined": "the report leaves open whether it was registered for abuse or compromised",
    "no_account": "no account is known of it: only its other traits were compared",
    "created_far_apart": "created {days} days apart from the reported domain",
    "other_account": "held by another account than the reported domain's",
    "of_large_account": "in an account of {domains} domains: the account by itself says little",
    "names_only": "nothing but the name is alike",
}


def words(caution: dict[str, Any]) -> str:
    """A caution as a sentence."""
    told = {key: f"{each:,}" if isinstance(each, int) else each for key, each in caution.items() if key != "caution"}
    return _WORDS[caution["caution"]].format(**told)


def of_reported(report: Reported, created_at: dt.datetime | None, values: Iterable[dict[str, Any]]) -> Iterator[Any]:
    """What to beware of in what a reported domain has."""
    by_field: dict[str, dict[str, Any]] = {value["field"]: value for value in values}
    if report.for_abuse is False:
        yield {"caution": "undetermined"}
    if created_at and report.reported_on and (days := (report.reported_on - created_at.date()).days) > OLD_DAYS:
        yield {"caution": "old_when_reported", "days": days}
    account = by_field.get("account")
    if account is None:
        yield {"caution": "no_account"}
    elif account["domains"] >= MANY_IN_ACCOUNT:
        yield {"caution": "large_account", "domains": account["domains"]}
    if account and _days(account["first_created_at"], account["last_created_at"]) > YEARS_DAYS:
        first, last = account["first_created_at"].date(), account["last_created_at"].date()
        yield {"caution": "spread_account", "first": first.isoformat(), "last": last.isoformat()}
    if (order := by_field.get("order")) and order["domains"] >= MANY_IN_ORDER:
        yield {"caution": "large_order", "domains": order["domains"]}


def of_associated(row: dict[str, Any], shared: Iterable[dict[str, Any]]) -> Iterator[Any]:
    """What to beware of in an association."""
    by_field: dict[str, dict[str, Any]] = {value["field"]: value for value in shared}
    if {value["family"] for value in by_field.values()} == {"name"}:
        yield {"caution": "names_only"}
    if "account" not in by_field:
        yield {"caution": "other_account"}
    elif by_field["account"]["domains"] >= MANY_IN_ACCOUNT:
        yield {"caution": "of_large_account", "domains": by_field["account"]["domains"]}
    if (order := by_field.get("order")) and order["domains"] >= MANY_IN_ORDER:
        yield {"caution": "large_order", "domains": order["domains"]}
    if (days := _days(row["created_at"], row["reported_created_at"])) > OLD_DAYS:
        yield {"caution": "created_far_apart", "days": days}


def _days(first: dt.datetime | None, last: dt.datetime | None) -> int:
    return abs((last - first).days) if first and last else 0
