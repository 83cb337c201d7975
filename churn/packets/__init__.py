"""Packets: what a registrar's abuse desk is handed about the domains that it sponsors, written for a person to send.

    flagged listing bursts -> their members -> what each was told before -> newest sponsor, standing -> one folder each

`gather` reads (SQL in `sql/`), `contacts` finds the abuse desk, `document`, `tables`, `cover`, `reports` and `message`
are pure functions from what was gathered to bytes, `folder` writes them, `stage` is the order of it all.
Nothing here sends anything, and nothing judges content.
"""

from churn.packets.stage import run

__all__ = ["run"]
