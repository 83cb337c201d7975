"""Packets: what an abuse desk is handed about the domains that it sponsors or hosts, written for a person to send.

    flagged listing bursts -> their members -> what each was told before -> newest sponsor, networks, standing -> one
    folder each

`gather` reads (SQL in `sql/`), `contacts` finds the abuse desk, `networks` whose an address is, `assessing` judges
between abuse and break-in. `document` (with `evidence`), `tables`, `cover`, `reports` and `message` are pure functions
from what was gathered to bytes, `folder` writes them, `stage` is the order of it all.
Nothing here sends anything, and nothing judges content.
"""

from churn.packets.stage import run, without_contact

__all__ = ["run", "without_contact"]
