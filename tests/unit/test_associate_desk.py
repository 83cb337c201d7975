"""How an answer leaves: for people harmless, for machines exact; the command."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from churn.associate import check, reported_of, write_answer
from churn.cli.app import app
from churn.errors import UsageError
from churn.settings import Settings

BOOK = (
    "domain,account,created,order,payment\n"
    "one.example,=cmd|x,2026-03-01T10:00:01Z,[bold]o1[/bold],\x1b[31mpay\n"
    "xn--bcher-kva.example,=cmd|x,2026-03-01T10:00:09Z,[bold]o1[/bold],\x1b[31mpay\n"
    "three.example,=cmd|x,2026-03-01T10:00:19Z,[bold]o1[/bold],\x1b[31mpay\n"
) + "".join(f"q{n}z.test,other{n},2025-01-{n % 28 + 1:02}T0{n % 9}:00:01Z,oo{n},p{n}\n" for n in range(400))


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text(BOOK)
    return path


def test_the_table_for_people_is_defanged_and_no_cell_is_a_formula(book, tmp_path):
    write_answer(check(Settings(threads=1), book, reported_of(["one.example"])), tmp_path / "out.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert [row["domain"] for row in rows] == ["three[.]example", "xn--bcher-kva[.]example"]
    assert rows[1]["in_unicode"] == "bücher[.]example"
    for row in rows:
        assert row["tlp"] == "TLP:AMBER+STRICT"
        assert row["note"].startswith("associated; not alleged")
        assert not any(cell[:1] in "=+-@\t\r" for cell in row.values() if cell)
        assert "\x1b" not in "".join(row.values())
        assert "3 domains of the portfolio have it, 1 of them reported" in row["why"]


def test_the_record_is_exact_and_says_what_it_is_not(book, tmp_path):
    write_answer(check(Settings(threads=1), book, reported_of(["one.example"])), tmp_path / "out.json")
    record = json.loads((tmp_path / "out.json").read_text())
    assert {each["domain"] for each in record["associated"]} == {"three.example", "xn--bcher-kva.example"}
    assert "=cmd|x" in {each["value"] for each in record["values"].values()}
    assert record["statement"].startswith("Associated is not guilty")
    assert record["record"]["triggered_by"] == ["one.example"]
    assert record["record"]["conclusions"] is None
    compared = {each["name"]: each["compared"] for each in record["indicators"]}
    assert (compared["account"], compared["payment"], compared["address"]) == (True, True, False)


def test_a_file_of_another_kind_is_refused(book, tmp_path):
    answer = check(Settings(threads=1), book, reported_of(["one.example"]))
    for path in (tmp_path / "out.xlsx", tmp_path / "nowhere" / "out.csv"):
        with pytest.raises(UsageError):
            write_answer(answer, path)


def test_the_command_prints_words_that_no_terminal_obeys(book, tmp_path):
    done = CliRunner().invoke(
        app, ["associate", "--portfolio", str(book), "--domain", "one[.]example"], env={"COLUMNS": "80"}
    )
    assert done.exit_code == 0, done.output
    assert "three[.]example" in done.output
    assert "three.example" not in done.output
    assert "\x1b" not in done.output
    assert "Associated is not guilty" in done.output


def test_the_command_prints_one_object(book, tmp_path):
    (tmp_path / "list.txt").write_text("one.example\n")
    options = ["--reported", str(tmp_path / "list.txt"), "--json", "--data", str(tmp_path)]
    done = CliRunner().invoke(app, ["associate", "--portfolio", str(book), *options])
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.stdout)["associated"]) == 2
