"""The command, its sub-commands, and what an error becomes: one sentence on stderr and the exit code of its type."""

from __future__ import annotations

import json
import sys

import typer
from rich.markup import escape

from churn.cli import association, contacts, feeds, intake, lab, questions, run, sharing, upkeep, verdicts
from churn.cli.terminal import ERRORS
from churn.errors import ChurnError

app = typer.Typer(
    name="churn",
    help=(
        "Links each day's new and reported domains by selective shared traits, flags bursts, and writes evidence for "
        "analysts and registrars. Start with [bold]churn demo[/bold]. "
        "Exit codes: 0 done; 1 a stage failed; 2 the call or a setting is wrong; 3 a gate stopped the day."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for part in (lab, run, feeds, intake, questions, verdicts, contacts, association, sharing, upkeep):
    part.register(app)


def main() -> None:
    """Entry point of the `churn` command."""
    try:
        app()
    except ChurnError as error:
        if "--json" in sys.argv:
            sys.stdout.write(json.dumps({"error": str(error), "exit_code": error.exit_code}) + "\n")
        ERRORS.print(f"[bold red]churn:[/bold red] {escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        ERRORS.print("churn: interrupted; run the same command again to go on.")
        sys.exit(130)
