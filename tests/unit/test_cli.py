"""The command line: what it says, what it returns, and how it fails."""

import datetime as dt
import json
import sys
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from churn.cli.app import app, main
from churn.cli.terminal import shown
from churn.collect import collect_feed
from churn.errors import UsageError
from churn.settings import Settings
from churn.store.schema import TABLES

COMMANDS = (
    "demo", "lab", "run", "collect", "enrich", "link", "burst", "recheck", "packets", "publish", "report", "feeds",
    "import", "parse", "explain", "pivot", "cluster", "verdict", "review", "outcomes", "contacts", "associate",
    "export", "doctor", "bench",
)  # fmt: skip


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def churn(monkeypatch, capsys):
    """The entry point, with its own arguments and environment: exit code, stdout, stderr."""

    def call(*arguments, **environment):
        monkeypatch.setattr(sys, "argv", ["churn", *map(str, arguments)])
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Done(ended.value.code or 0, printed.out, printed.err)

    return call


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_and_speaks_json(name):
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert "--json" in done.output


def test_the_commands_are_those_of_the_contract():
    assert {command.name for command in app.registered_commands} == set(COMMANDS)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (["run", "--day", "yesterday"], "write it as YYYY-MM-DD"),
        (["run", "--day", "2026-03-02", "--to", "2026-03-01"], "lies before"),
        (["run", "--day", "2026-03-01", "--only", "dance"], "No stage is called dance"),
        (["run", "--day", "2026-03-01", "--only", "link", "--skip", "burst"], "not both"),
        (["explain", "not a name"], "no domain name"),
        (["explain", "a.test"], "no published database"),
        (["collect", "--day", "2026-03-01"], "churn import"),
        (["import", "sightings", "nowhere.csv"], "nowhere.csv"),
        (["parse", "rdap", "nowhere.json"], "nowhere.json"),
        (["demo", "--world", "huge"], "no world called"),
        (["bench", "nothing"], "No benchmark is called nothing"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_code_2(churn, tmp_path, call, sentence):
    done = churn(*call, CHURN_DATA=str(tmp_path))
    assert done.returncode == 2
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_one_sentence_and_exit_code_2(churn):
    done = churn("doctor", CHURN_BURST_Q="2")
    assert (done.returncode, "burst_q" in done.stderr) == (2, True)


def test_an_error_is_json_where_json_was_asked_for(churn, tmp_path):
    done = churn("explain", "a.test", "--json", CHURN_DATA=str(tmp_path))
    assert json.loads(done.stdout)["exit_code"] == 2


def test_a_missing_feed_stops_the_day_with_exit_code_3(churn, tmp_path):
    (tmp_path / "feeds.toml").write_text(
        f'[feeds.list]\nkind = "registered"\nformat = "names"\npath = "{tmp_path}/{{day}}.txt"\n'
    )
    done = churn("run", "--day", "2026-03-01", CHURN_DATA=str(tmp_path))
    assert (done.returncode, "list is missing" in done.stderr) == (3, True)


def test_what_comes_from_outside_is_harmless_on_a_terminal():
    assert shown("\x1b[31mred\u202e[bold]x[/bold].test") == "\ufffd[31mred\ufffd\\[bold]x\\[/bold][.]test"
    assert shown(["a.test", None, 1234567]) == "a[.]test, —, 1,234,567"


def test_a_second_world_in_one_folder_is_refused(tmp_path):
    from churn.cli.demo import run_demo

    (tmp_path / "lab" / "small-1").mkdir(parents=True)
    (tmp_path / "lake").mkdir()
    with pytest.raises(UsageError, match="small-1"):
        run_demo(tmp_path, "small", 2, as_json=True)


def test_your_own_csv_goes_to_a_report(churn, tmp_path):
    """The README's example."""
    csv = tmp_path / "reported.csv"
    csv.write_text("domain,kind\none-of-them.example,reported\nanother.example,registered\nnot a name,registered\n")
    done = churn(
        "import", "sightings", csv, "--feed", "hotline", "--day", "2026-03-01", "--json", CHURN_DATA=str(tmp_path)
    )
    imported = json.loads(done.stdout)
    assert (imported["rows_out"], imported["rejects"]) == (2, 1)
    done = churn("run", "--day", "2026-03-01", "--skip", "enrich", "--json", CHURN_DATA=str(tmp_path))
    stages = [result["stage"] for result in json.loads(done.stdout)["results"]]
    assert stages == ["collect", "link", "burst", "recheck", "packets", "publish", "report"]
    assert (tmp_path / "reports" / "2026-03-01" / "index.html").is_file()


WHOIS = """Domain Name: A.TEST
Registrar: Some Registrar
Registrar IANA ID: 990001
Creation Date: 2026-03-01T10:00:00Z
Domain Status: clientHold https://icann.org/epp#clientHold
Name Server: NS1.B.TEST
Registrar Abuse Contact Email: abuse@some.test
"""


def test_a_raw_answer_is_shown_with_every_column(churn, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(WHOIS)
    (tmp_path / "b.txt").write_text("No match for domain B.TEST\n")
    done = CliRunner().invoke(
        app, ["parse", "whois", str(file), str(tmp_path / "b.txt"), "--json", "--data", str(tmp_path)]
    )
    one, other = map(json.loads, done.stdout.splitlines())
    assert (one["outcome"], one["registrar_iana_id"], one["status"]) == ("ok", 990001, ["clientHold"])
    assert set(TABLES["registration"].column_names) | {"file", "outcome", "detail"} == one.keys() == other.keys()
    assert other["outcome"] == "not_found"


def test_feeds_helps_where_there_is_no_file_yet(churn, tmp_path):
    done = churn("feeds", "--data", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert 'use = ["openphish"]' in done.stdout
    catalogue = json.loads(churn("feeds", "--all", "--json", "--data", tmp_path).stdout)["feeds"]
    assert len(catalogue) > 20
    assert not any(feed["declared"] or feed["enabled"] for feed in catalogue)
    assert all(feed["licence"] and feed["about"] for feed in catalogue)
    assert churn("feeds", "nothing", "--data", tmp_path).returncode == 2
    assert "auth.abuse.ch" in churn("feeds", "urlhaus", "--data", tmp_path).stdout


def test_feeds_tells_what_is_held_and_how_the_last_day_went(churn, tmp_path):
    (tmp_path / "feeds.toml").write_text(
        'use = ["urlhaus", "pulsedive_test", "whoisds"]\n[feeds.ours]\nkind = "reported"\nformat = "names"\n'
        'path = "list-{day}.txt"\nexpected_rows = 9\n[feeds.off]\nenabled = false\nkind = "reported"\n'
        'format = "names"\ninbox = true\n'
    )
    for day, names in (("2026-03-01", "a.example\nb.example\n"), ("2026-03-02", "a.example\n")):
        (tmp_path / f"list-{day}.txt").write_text(names)
        settings = Settings(data=tmp_path, clock="day")
        collect_feed(settings, dt.date.fromisoformat(day), "ours")
    done = churn(
        "feeds", "--json", "--data", tmp_path, CHURN_CREDENTIAL_ABUSECH="very secret", AIRFLOW_CONN_CHURN_X="http://"
    )
    assert "very secret" not in done.stdout
    feeds = {feed["name"]: feed for feed in json.loads(done.stdout)["feeds"]}
    assert {name: (feed["enabled"], feed["credential_held"]) for name, feed in feeds.items()} == {
        "urlhaus": (True, True),
        "pulsedive_test": (True, False),
        "whoisds": (True, None),
        "ours": (True, None),
        "off": (False, None),
    }
    assert "CHURN_CREDENTIAL_PULSEDIVE" in feeds["pulsedive_test"]["to_do"]
    assert feeds["urlhaus"]["to_do"] is None
    assert feeds["ours"]["last"] == {
        "day": "2026-03-02",
        "rows": 1,
        "new_rows": 0,
        "gate": "shrunken",
        "detail": "1 rows, less than half of the declared 9",
    }
    text = " ".join(churn("feeds", "--data", tmp_path).stdout.split())
    assert "ours: 1 rows, less than half of the declared 9" in text
    assert "very secret" not in text


def test_doctor_tells_of_a_signing_key_that_is_none(churn, tmp_path):
    key = tmp_path / "desk.asc"
    key.write_text("no key")
    done = churn("doctor", "--json", "--data", tmp_path, CHURN_PACKET_SIGNING_KEY=str(key))
    findings = {finding["subject"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert not findings["signing"]["ok"]
    assert "desk.asc can't be read: it is no OpenPGP key" in findings["signing"]["text"]


def test_doctor_tells_which_credential_is_missing(churn, tmp_path):
    (tmp_path / "feeds.toml").write_text('use = ["urlhaus", "phishtank"]\n')
    done = churn("doctor", "--json", "--data", tmp_path, CHURN_CREDENTIAL_PHISHTANK="very secret")
    findings = [finding for finding in json.loads(done.stdout)["findings"] if finding["subject"] == "credential"]
    assert [finding["ok"] for finding in findings] == [False]
    assert "urlhaus" in findings[0]["text"]
    assert "CHURN_CREDENTIAL_ABUSECH" in findings[0]["text"]
    assert "very secret" not in done.stdout
