"""What a visit of many zones landed: zone files, and at the end its report, which says what could not be had."""

from __future__ import annotations

from churn.collect.entries import Landed
from churn.collect.formats.zone import read_zone
from churn.collect.transports.zones import read_report
from churn.collect.unpack import UnreadableError
from churn.store.queries import run

TOLD = 3
"""Zones of which a remark says why they were not had; the landed report says it of all."""


def read_visited(landed: Landed) -> None:
    """Read a zone as `read_zone` does; of the report make a remark, where there is something to say."""
    if not landed.manifest.closes:
        read_zone(landed)
        return
    try:
        had, failed = read_report(landed.content())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnreadableError("the report of the visit is broken; delete it with its manifest to visit anew") from None
    if failed:
        named = "; ".join(f"{name}: {why}" for name, why in sorted(failed.items())[:TOLD])
        remark = f"{len(failed):,} of {had + len(failed):,} zones were not had ({named})"
        run(landed.con, "churn.collect", "tally_add", names=0, remark=remark)
