"""The certificate stage: certificates that name the day's domains, as logs and those who watch them tell.

1. Of the static-CT tiles that landed on the day (`certificates.tiles`); no look-up.
2. At crt.sh, for names whose certificate is worth a look-up (`certificates.searching`), unless the setting is empty.

What hosts themselves present is read by `handshaking`, where the operator opts in.
"""

from __future__ import annotations

import datetime as dt
import time

from churn.enrich.certificates.searching import search
from churn.enrich.certificates.tiles import certificates_of_tiles
from churn.enrich.plan import certificate_plan, outcomes_of_day
from churn.results import Progress, StageResult, silent
from churn.settings import Settings


def certify(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Note certificates of the day's domains. To be called when the day's registrations are planned.

    Raises TerminalError where a landed tile is gone, TransientError where another process searches for the same day.
    """
    started = time.monotonic()
    logged = certificates_of_tiles(settings, day, progress)
    planned = certificate_plan(settings, day) if settings.crtsh and settings.crtsh_budget else []
    if settings.crtsh and settings.crtsh_budget:
        search(settings, day, planned, progress)
    outcomes = outcomes_of_day(settings, day).get("ct", {})
    return StageResult(
        "certify",
        day,
        rows_in=len(planned),
        rows_out=logged,
        seconds=time.monotonic() - started,
        found={"logged_certificates": logged, "outcomes": {"ct": outcomes}},
    )
