"""What analysts decide: `churn verdict` in the terminal, `churn review` with a click."""

from __future__ import annotations

import getpass
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from churn.cli.terminal import ERRORS, OUTPUT, Data, Json, day_of, print_json, settings_for, shown
from churn.errors import UsageError

MOST_BYTES = 32_000_000
"""Of a file of domains: a hundred thousand names of the greatest length."""


class VerdictKind(StrEnum):
    """What can be decided."""

    CONFIRMED = "confirmed"
    BENIGN = "benign"
    WATCH = "watch"
    MERGE = "merge"
    SPLIT = "split"
    WITHDRAWN = "withdrawn"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("verdict", help="Record what you decided of a cluster (or FIELD=VALUE). Never overwritten.")(verdict)
    app.command("review", help="Read the reports and give verdicts in a browser, on this machine only.")(review)


def verdict(  # noqa: PLR0913, PLR0917 - each is an option of the command
    subject: Annotated[str, typer.Argument(metavar="ID", help="cluster id; to benign and watch also FIELD=VALUE")],
    decision: Annotated[VerdictKind, typer.Argument(help="what you decided")],
    by: Annotated[str, typer.Option(help="who decides")],
    note: Annotated[str, typer.Option(help="why")],
    other: Annotated[
        str | None, typer.Option("--with", metavar="ID", help="the cluster that a merge takes up into this one")
    ] = None,
    domains: Annotated[
        str | None,
        typer.Option(metavar="FILE|A,B", help="domains that a split parts off: a file with one a line, or joined by ,"),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--day", help="UTC day from which on it counts (default: today), YYYY-MM-DD.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Record a verdict in the ledger."""
    from churn import ask

    counts_from = day_of(day) if day else None
    row = ask.give_verdict(
        settings_for(data),
        ask.Decision(subject, decision.value, by, note, other, _domains(domains), counts_from),
    )
    if as_json:
        print_json(row)
        return
    with_whom = f" with {shown(other)}" if other else ""
    OUTPUT.print(
        f"Recorded: {shown(subject)} {_IN_WORDS[decision]}{with_whom}, by {shown(by)}. It counts from the run of "
        f"{row['day']} on.",
        highlight=False,
    )


_IN_WORDS = {
    VerdictKind.CONFIRMED: "is confirmed",
    VerdictKind.BENIGN: "is benign",
    VerdictKind.WATCH: "is watched",
    VerdictKind.MERGE: "is merged",
    VerdictKind.SPLIT: "is split",
    VerdictKind.WITHDRAWN: "is withdrawn",
}


def _domains(text: str | None) -> tuple[str, ...]:
    """The domains of a file, or those that are joined by commas. Raises UsageError for a file that can't be read."""
    if text is None:
        return ()
    path = Path(text)
    if not path.is_file():
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageError(f"{path} has more than {MOST_BYTES:,} bytes; a split names at most 100,000 domains.")
        return tuple(line.strip() for line in content.decode().splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read as a list of domains, one a line, in UTF-8: {error}.") from None


def review(
    by: Annotated[str | None, typer.Option(help="who decides (default: the name of your login)")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="port on 127.0.0.1; 0 takes a free one")] = 8765,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Serve the review page until interrupted."""
    from churn.review import serve

    who = by if by is not None else _login()

    def tell(address: str) -> None:
        if as_json:
            print_json({"address": address, "by": who})
            return
        OUTPUT.print("Open this address in your browser; it is yours alone, and another one at the next start:")
        OUTPUT.print(f"  {address}", soft_wrap=True, highlight=False)
        OUTPUT.print(f"Verdicts are recorded as given by {shown(who)}. Ctrl-C ends it.", highlight=False)

    with suppress(KeyboardInterrupt):  # which comes or not, by when the server was done
        serve(settings_for(data), who, port, tell)
    ERRORS.print("The review page has ended.")


def _login() -> str:
    """The name of the person's login; empty where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
