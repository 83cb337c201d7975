"""Faults of feeds, over HTTP from the lab: each meets its gate or error, costs nothing that was had, and heals."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from types import SimpleNamespace

import duckdb
import pytest

from churn.cli import main
from churn.collect import run
from churn.collect.transports import http as fetching
from churn.errors import GateError, TerminalError, TransientError
from churn.lab import Faults, serving
from churn.lab.faults import HTTP_FAULTS, Fault
from churn.settings import Settings

pytestmark = pytest.mark.lab
FEED = """
[feeds.nrd]
kind = "registered"
format = "names"
url = "http://127.0.0.1:{port}/nrd/{{day}}.txt.gz?case={case}"
maximum_bytes = 2_000_000
allow_private = true
"""
ROWS = 3_000
LOST = 0, "missing"
ALWAYS = ("halved", "hostile", "busy", "busy-long", "down", "reset", "to-metadata")


@dataclass(frozen=True)
class Case:
    """A fault on some asks, all of which a first run makes, and what this must make of it.

    `error` is what stops the day (None: nothing does), `said` what it says; then the rows and the gate of `feed_day`.
    """

    fault: str
    asks: tuple[int, ...]
    error: type[Exception] | None
    said: str
    day: tuple[int, str]

    @property
    def name(self):
        return "-".join([self.fault, *map(str, self.asks)])


CASES = [
    Case("stale", (1,), GateError, r"nrd is repeated \(the very bytes of 2026-03-03\)", (ROWS, "repeated")),
    Case("repeated", (1,), GateError, r"3,000 of 3,000 rows \(100%\) name what earlier days' lists had",
         (ROWS, "repeated")),
    Case("misdated", (1,), GateError, "it says that it is of 2026-02-22", (ROWS, "stale")),
    Case("halved", (1,), GateError, "1,000 rows, less than half of the usual 3,000", (1_000, "shrunken")),
    Case("empty", (1,), GateError, "the list is empty", LOST),
    Case("page", (1,), GateError, "lines are no names: this is not the list", (0, "shrunken")),
    Case("cut-gzip", (1,), GateError, "the gzip data is cut off or broken", LOST),
    Case("long", (1,), GateError, "the gzip data is cut off or broken", LOST),
    Case("bomb", (1,), GateError, "unpack to more than .*: this is no list", LOST),
    Case("bomb-zip", (1,), GateError, "unpack to more than .*: this is no list", LOST),
    Case("long-line", (1,), None, "", (ROWS, "ok")),
    Case("hostile", (1,), None, "", (ROWS, "ok")),
    Case("unchanged", (1,), GateError, "nothing landed", LOST),
    Case("gone", (1,), GateError, "nothing landed", LOST),
    Case("busy", (1, 2, 3), TransientError, "answered 429; try again in 1 seconds", LOST),
    Case("busy", (1, 2), None, "", (ROWS, "ok")),
    Case("busy-silent", (1, 2, 3), TransientError, "answered 429; try again later", LOST),
    Case("busy-silent", (1,), None, "", (ROWS, "ok")),
    Case("busy-long", (1,), TransientError, "answered 429; try again in 3600 seconds", LOST),
    Case("down", (1, 2, 3), TransientError, "answered 503; try again later", LOST),
    Case("down", (1, 2), None, "", (ROWS, "ok")),
    Case("to-metadata", (1,), TerminalError, "redirects to http://169.254.169.254/.*, another host", LOST),
    Case("to-private", (1,), TerminalError, "redirects to http://10.0.0.1/list, another host", LOST),
    Case("to-elsewhere", (1,), TerminalError, "redirects to http://lists.example/list, another host", LOST),
    Case("reset", (1, 2, 3), TransientError, "can't be reached", LOST),
    Case("reset", (1, 2), None, "", (ROWS, "ok")),
    Case("short", (1, 2, 3), TransientError, "can't be reached", LOST),
    Case("drip", (1,), TransientError, "takes too long; try again", LOST),
]  # fmt: skip


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    shown = [Fault(case.fault, f"/nrd/2026-03-04*[?]case={case.name}", case.asks) for case in CASES]
    shown += [Fault(fault, f"/nrd/2026-03-04*[?]case={fault}") for fault in ALWAYS]
    with serving("small", 1, tmp_path_factory.mktemp("lab"), faults=Faults(tuple(shown)), dns="built-in") as served:
        yield served


def settings(lab, data, case="none"):
    (data / "feeds.toml").write_text(FEED.format(port=lab.ports.http, case=case))
    return Settings(data=data, clock="day", hash_key="0123456789abcdef")


@pytest.fixture(scope="module")
def three_days(lab, tmp_path_factory):
    """A data folder with three days that were well."""
    data = tmp_path_factory.mktemp("well")
    for day in lab.days[:-1]:
        assert run(settings(lab, data), day).rows_out == ROWS
    return data


@pytest.fixture
def data(three_days, tmp_path):
    return shutil.copytree(three_days, tmp_path / "data")


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """The seconds that would have been waited between tries; a download has a quarter of a second, with its 2 MB."""
    waited = []
    monkeypatch.setattr(fetching, "time", SimpleNamespace(sleep=waited.append, monotonic=time.monotonic))
    monkeypatch.setattr(fetching, "_PATIENCE_SECONDS", -1.75)
    return waited


def kept(data, day):
    """All that was had before a day, byte by byte."""
    paths = [path for folder in ("landing", "lake") for path in (data / folder).rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in paths if day.isoformat() not in str(path)}


def rows(data, table, day, columns):
    files = list((data / "lake" / table).glob(f"*{day}/*.parquet"))
    with duckdb.connect() as con:
        return con.read_parquet([str(path) for path in files]).project(columns).fetchall() if files else []


def test_every_fault_has_its_case():
    assert {case.fault for case in CASES} == HTTP_FAULTS.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_meets_its_gate_and_heals(lab, data, case):
    day = lab.days[-1]
    before = kept(data, day)
    if case.error:
        with pytest.raises(case.error, match=case.said) as stopped:
            run(settings(lab, data, case.name), day)
    else:
        assert run(settings(lab, data, case.name), day).rows_out == ROWS
    ((count, gate, detail),) = rows(data, "feed_day", day, "rows, gate, detail")
    assert (count, gate) == case.day
    assert detail is None if case.error is None else detail in str(stopped.value)
    assert kept(data, day) == before
    assert len(rows(data, "sighting", day, "fqdn")) == count
    healed = run(settings(lab, data, case.name), day)
    assert (healed.rows_out, rows(data, "feed_day", day, "rows, gate")) == (ROWS, [(ROWS, "ok")])
    assert kept(data, day) == before
    assert list((data / "tmp").rglob("*.part")) == []


def test_hostile_names_are_put_aside_and_harmless(lab, data):
    day = lab.days[-1]
    assert run(settings(lab, data, "hostile"), day).rejects == 11
    excerpts = [excerpt for (excerpt,) in rows(data, "reject", day, "excerpt")]
    assert len(excerpts) == 11
    assert all(excerpt.isprintable() and len(excerpt) <= 200 for excerpt in excerpts)


@pytest.mark.parametrize(("case", "waited"), [("busy", [0, 1, 4]), ("down", [0, 1, 4]), ("busy-long", [0])])
def test_tries_wait_as_asked(lab, data, waits, case, waited):
    with pytest.raises(TransientError):
        run(settings(lab, data, case), lab.days[-1])
    assert waits == waited


def test_what_broke_off_goes_on_where_it_was(lab, data):
    """Each try brings half of what was left; nothing comes twice."""
    with pytest.raises(TransientError):
        run(settings(lab, data, "reset"), lab.days[-1])
    (part,) = (data / "tmp").rglob("*.part")
    run(settings(lab, data), lab.days[-1])
    (landed,) = (data / "landing" / "nrd" / lab.days[-1].isoformat()).glob("*.gz")
    whole, had = landed.read_bytes(), 0
    for _ in range(3):
        had += (len(whole) - had) // 2
    assert part.read_bytes() == whole[:had]


def test_a_link_local_address_is_refused_though_private_ones_are_allowed(lab, data):
    config = settings(lab, data, "to-metadata")
    config.feeds_file.write_text(config.feeds_file.read_text() + 'hosts = ["169.254.169.254"]\n')
    with pytest.raises(TerminalError, match=r"169\.254\.169\.254 has the private address"):
        run(config, lab.days[-1])


def test_a_stopped_day_has_exit_code_3(lab, data, monkeypatch, capsys):
    settings(lab, data, "halved")
    monkeypatch.setenv("CHURN_CLOCK", "day")
    monkeypatch.setattr(sys, "argv", ["churn", "collect", "--day", lab.days[-1].isoformat(), "--data", str(data)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 3
    assert "less than half of the usual 3,000" in " ".join(capsys.readouterr().err.split())
