"""The answer as a file: a table for an abuse desk (CSV, for people) or the whole record (JSON, exact).

What belongs here: the columns of the table and its words. What doesn't: what is in the answer.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

from churn.associate.answer import Answer
from churn.associate.fields import BY_NAME
from churn.errors import UsageError
from churn.markings import Tlp, defang, printable, probability, spreadsheet_safe
from churn.names import Name
from churn.store.files import replacing

NOTE = "associated; not alleged; needs evidence of its own"
COLUMNS = (
    "note", "tlp", "domain", "in_unicode", "probability", "goes_with", "goes_with_reported", "same_account",
    "created", "why", "beware",
)  # fmt: skip


def write_answer(answer: Answer, path: Path) -> None:
    """Write an answer: `.json` the whole record, `.csv` the associated domains for people.

    The CSV (UTF-8, RFC 4180) is defanged and no spreadsheet takes a cell for a formula. Raises UsageError for other
    suffixes and for a folder that can't be written to.
    """
    match path.suffix.lower():
        case ".csv":
            text = table(answer)
        case ".json":
            text = json.dumps(answer.as_json(), default=str, ensure_ascii=True, indent=1) + "\n"
        case _:
            raise UsageError(f"{path} is neither .csv nor .json; name the file by what it shall be.")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder; make it first.")
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def table(answer: Answer) -> str:
    """The associated domains as CSV for people, the most probable first."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for row in answer.associated:
        writer.writerow(
            [
                NOTE,
                Tlp.AMBER_STRICT.value,
                _cell(defang(row["domain"])),
                _cell(defang(Name(row["domain"], row["domain"]).unicode)),
                probability(row["probability"]),
                _cell(defang(row["reported_domain"])),
                row["with_reported"],
                "yes" if row["same_account"] else "no",
                _time(row["created_at"]),
                _cell("; ".join(link_in_words(answer.values[code]) for code in row["codes"])),
                _cell("; ".join(each["words"] for each in row["cautions"])),
            ]
        )
    return target.getvalue()


def link_in_words(value: dict[str, Any]) -> str:
    """A line of the ledger: what is shared, by how many domains of the portfolio, since when."""
    shown = printable(value["value"], 80)
    if len(shown) >= 32 and shown.isalnum():
        shown = f"{shown[:12]}…"
    since = f", since {_day(value['first_created_at'])}" if value["first_created_at"] else ""
    return (
        f"{BY_NAME[value['field']].words} ({defang(shown)}): {value['domains']:,} domains of the portfolio have it, "
        f"{value['reported']:,} of them reported{since}"
    )


def _cell(text: str) -> str:
    return spreadsheet_safe(printable(text, 2_000))


def _time(instant: dt.datetime | None) -> str:
    return instant.strftime("%Y-%m-%d %H:%M") if instant else ""


def _day(instant: dt.datetime) -> str:
    return instant.strftime("%Y-%m-%d")
