"""The `churn` command: one sub-command a question or a stage, all of them thin callers.

    app           the command itself, errors and exit codes
    terminal      how results look on a terminal, progress, `--json`
    run           the stages: run, collect, enrich, link, burst, recheck, packets, publish, report
    intake        bring your own: import, parse
    questions     explain, pivot, cluster, outcomes
    verdicts      verdict, review
    contacts      contacts
    lab           lab, demo
    upkeep        doctor, bench

Heavy imports stand inside the commands, so that `churn --help` is there at once.
"""

from churn.cli.app import main

__all__ = ["main"]
