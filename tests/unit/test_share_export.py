"""The deed of an export: whom it may go to, what is written, what the ledger keeps, and that others can read it."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import functools
import hashlib
import http.server
import io
import json
import sys
import unicodedata
import zipfile
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from report_data import BATCH, CASE, HOSTILE, OLD, TODAY, at
from share_clusters import copied, hostile_text, pair, small_world

from churn import share
from churn.cli.app import main
from churn.collect import collect_feed
from churn.errors import TerminalError, UsageError
from churn.markings import Tlp
from churn.settings import Settings
from churn.share import exporting
from churn.share.member_list import member_list
from churn.share.recipients import read_recipients
from churn.share.taxii_folder import collection_id
from churn.store.database import lake_database, published
from churn.store.ledger import append
from churn.store.warehouse import publish
from tests.serving import QuietHandler, running

NOW = dt.datetime(2026, 3, 9, 7, 30, tzinfo=dt.UTC)
SECRET = pyrage.x25519.Identity.generate()
PERSON = pyrage.x25519.Identity.generate()
RECIPIENTS = f"""
[[recipient]]
name = "police-unit"
organisation = "Police of Example"
age = "{SECRET.to_public()}"
tlp = "TLP:AMBER+STRICT"

[[recipient]]
name = "partner"
organisation = "Partner"
age = "{SECRET.to_public()}"
tlp = "TLP:GREEN"

[[recipient]]
name = "anybody"
organisation = "Any body"
age = "{SECRET.to_public()}"
tlp = "TLP:RED"

[[recipient]]
name = "a-example"
person = "A. Example"
organisation = "Police of Example"
age = "{PERSON.to_public()}"
tlp = "TLP:RED"
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    config = small_world(tmp_path_factory)
    (config.data / "recipients.toml").write_text(RECIPIENTS)
    return config


@pytest.fixture
def order(tmp_path):
    return share.Order(day=TODAY, out=tmp_path / "out", by="ana", at=NOW, formats=["csv"])


@pytest.fixture
def whole(order):
    """In every format."""
    return dataclasses.replace(order, formats=share.FORMATS)


def deeds(config):
    with lake_database(config, only=["export"]) as con:
        result = con.execute("SELECT * FROM export ORDER BY exported_at, export_id")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def written(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_is_files_and_an_audit_row(config, order, whole):
    done = share.export(config, whole)
    files = written(order.out)
    assert {name.split("/")[0] for name in files} == {"stix", "misp", "csv", "taxii", "export.json"}
    assert done.files == {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    (row,) = [row for row in deeds(config) if row["export_id"] == done.export_id]
    assert (row["exported_by"], row["exported_at"], row["exported_day"], row["day"]) == ("ana", NOW, TODAY, NOW.date())
    assert (row["recipients"], row["formats"], row["tlp"]) == ([], ["stix", "misp", "csv"], "TLP:AMBER+STRICT")
    assert dict(zip(row["files"], row["files_sha256"], strict=True)) == done.files
    assert set(row["clusters"]) == {CASE, OLD, HOSTILE}
    about = json.loads(files["export.json"])
    assert about["files"] == {name: digest for name, digest in done.files.items() if name != "export.json"}
    assert sum(each["reported"] for each in about["clusters"]) == done.reported
    publish(config)
    with published(config) as con:
        assert (done.export_id,) in con.sql("SELECT export_id FROM export").fetchall()


def test_the_same_bytes_twice_and_another_row(config, order, whole, tmp_path):
    share.export(config, whole)
    again = dataclasses.replace(whole, out=tmp_path / "again", at=NOW + dt.timedelta(hours=1), by="ben")
    share.export(config, again)
    assert written(order.out) == written(again.out)
    assert {row["exported_by"] for row in deeds(config)} >= {"ana", "ben"}


def test_a_folder_is_renewed_and_what_is_not_ours_stays(config, order):
    share.export(config, order)
    (order.out / "notes.txt").write_text("mine")
    share.export(config, dataclasses.replace(order, clusters=[CASE], at=NOW.replace(hour=9)))
    assert set(written(order.out)) == {
        "notes.txt", "export.json", f"csv/{CASE}-reported.csv", f"csv/{CASE}-related-not-alleged.csv"
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"[]", b'{"files": 7}', b"\xff", None])
def test_a_folder_of_other_things_is_refused_and_no_deed_is_told(config, order, content):
    order.out.mkdir()
    (order.out / "thesis.tex").write_text("x")
    if content is not None:
        (order.out / "export.json").write_bytes(content)
    before = len(deeds(config))
    with pytest.raises(UsageError, match="name a new or an empty folder"):
        share.export(config, order)
    assert len(deeds(config)) == before
    assert (order.out / "thesis.tex").exists()


def test_a_list_of_files_that_leads_elsewhere_removes_nothing(config, order, tmp_path):
    near, far = (
        tmp_path / "precious",
        tmp_path / "far" / "precious",
    )  # never a file of the machine: the code may be wrong
    far.parent.mkdir()
    near.write_text("x")
    far.write_text("x")
    order.out.mkdir()
    (order.out / "export.json").write_text(json.dumps({"files": ["../precious", str(far), "gone.csv"]}))
    share.export(config, order)
    assert near.exists()
    assert far.exists()


def test_what_is_sealed_is_for_its_recipient_alone_and_nothing_is_in_the_clear(config, order, tmp_path):
    sealed = dataclasses.replace(order, recipients=["police-unit", "a-example", "police-unit"])
    done = share.export(config, sealed)
    files = written(order.out)
    assert set(files) == {f"domain-churn-{TODAY}-to-{name}.zip.age" for name in ("police-unit", "a-example")}
    assert done.files == {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    share.export(config, dataclasses.replace(order, out=tmp_path / "plain"))
    for name, key, other in (("police-unit", SECRET, PERSON), ("a-example", PERSON, SECRET)):
        content = files[f"domain-churn-{TODAY}-to-{name}.zip.age"]
        assert b"comlab" not in content
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(content, [other])
        with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(content, [key]))) as archive:
            assert {each: archive.read(each) for each in archive.namelist()} == written(tmp_path / "plain")
    assert ["police-unit", "a-example"] in [row["recipients"] for row in deeds(config)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipients": ["partner"]}, "may get TLP:GREEN at most"),
        ({"recipients": ["nobody"]}, "declares no nobody; declare them there"),
        ({"recipients": ["police-unit", "partner"]}, "may get TLP:GREEN at most"),
        ({"tlp": Tlp.RED}, "named persons only: name them with --to"),
        ({"tlp": Tlp.RED, "recipients": ["anybody"]}, "names none: give them a person"),
        ({"tlp": Tlp.RED, "recipients": ["a-example", "police-unit"]}, r"may get TLP:AMBER\+STRICT at most"),
        ({"tlp": Tlp.CLEAR}, "say with --note why"),
        ({"formats": ["pdf"]}, "No format is called pdf; there are stix, misp, csv"),
        ({"formats": []}, "Name a format"),
        ({"by": " "}, "needs a name"),
        ({"clusters": ["c-none"]}, "there was no cluster c-none"),
        ({"day": TODAY + dt.timedelta(days=300)}, "Nothing of 2027-01-02 is published"),
    ],
)
def test_what_may_not_be_is_refused_in_words_and_nothing_is_written(config, order, changes, sentence):
    before = len(deeds(config))
    with pytest.raises(UsageError, match=sentence):
        share.export(config, dataclasses.replace(order, **changes))
    assert len(deeds(config)) == before
    assert not order.out.exists()


def test_red_goes_to_a_named_person_and_a_laxer_marking_needs_a_reason(config, order, tmp_path):
    share.export(config, dataclasses.replace(order, tlp=Tlp.RED, recipients=["a-example"]))
    (content,) = written(order.out).values()
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(content, [PERSON]))) as archive:
        rows = list(csv.DictReader(archive.read(f"csv/{CASE}-reported.csv").decode().splitlines()))
    assert {row["tlp"] for row in rows} == {"TLP:RED"}
    lax = dataclasses.replace(
        order, tlp=Tlp.GREEN, recipients=["partner"], note="by leave of the list", out=tmp_path / "b"
    )
    share.export(config, lax)
    assert ("TLP:GREEN", "by leave of the list") in [(row["tlp"], row["note"]) for row in deeds(config)]


def test_where_the_ledger_can_t_be_written_nothing_leaves(config, order, monkeypatch):
    def full(*_):
        raise TerminalError("No space left")

    monkeypatch.setattr(exporting.ledger, "append", full)
    with pytest.raises(TerminalError):
        share.export(config, order)
    assert not order.out.exists()


def test_a_benign_cluster_is_shared_only_where_it_is_named(config, tmp_path, order):
    config = copied(config.data.parent, tmp_path)
    append(config, "verdict", TODAY, "one", [
        {"subject": CASE, "verdict": "benign", "given_by": "a", "given_at": at(TODAY), "day": TODAY}
    ])  # fmt: skip
    publish(config)
    assert CASE not in share.export(config, order).clusters
    named = dataclasses.replace(order, clusters=[CASE, BATCH], at=NOW.replace(hour=9))
    done = share.export(config, named)
    assert set(done.clusters) == {CASE, BATCH}
    about = json.loads((order.out / "export.json").read_text())
    assert {each["cluster_id"]: each["verdict"] for each in about["clusters"]} == {CASE: "benign", BATCH: None}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("recipient = 7", "recipient"),
        ("[[recipient]]\nname = 'x'", "organisation"),
        ("[[recipient]]\nname = '../x'\norganisation = 'X'\nage = 'age1'", "name"),
        ("[[recipient]]\nname = 'x'\norganisation = 'X'\nage = 'AGE-SECRET-KEY-1QQQ'", "is no public key of age"),
        ("[[recipient]]\nname = 'x'\norganisation = 'X'\nage = 'age1'\ntlp = 'WHITE'", "tlp"),
        (RECIPIENTS + RECIPIENTS, "twice"),
        ("[[", "TOML"),
    ],
)
def test_a_wrong_file_of_recipients_is_told_and_shows_no_key(tmp_path, text, sentence):
    (tmp_path / "recipients.toml").write_text(text)
    with pytest.raises(UsageError, match=sentence) as told:
        read_recipients(Settings(data=tmp_path))
    assert "AGE-SECRET-KEY" not in str(told.value)


def test_without_a_file_nobody_is_declared(tmp_path):
    assert read_recipients(Settings(data=tmp_path)) == {}


class _Folder(QuietHandler, http.server.SimpleHTTPRequestHandler):
    """A web server of files, of which a folder answers with its index.json."""

    index_pages = ("index.json",)

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.json" if path.is_dir() else path
        kind = {"Content-Type": "application/taxii+json;version=2.1"}
        self.answer(200, path.read_bytes(), kind) if path.is_file() else self.answer(404)


def test_a_feed_and_a_collection_on_a_server_of_files_are_pulled(config, order, whole, tmp_path):
    share.export(config, whole)
    with published(config) as con:
        rows = con.sql("SELECT domain FROM cluster_member WHERE reported AND day = '2026-03-08'").fetchall()
    collection = collection_id("reported")
    handler = functools.partial(_Folder, directory=str(order.out))
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        base = f"http://127.0.0.1:{server.server_port}"
        other = Settings(data=tmp_path / "other", clock="day")
        other.data.mkdir()
        (other.data / "feeds.toml").write_text(f"""
            [feeds.shared]
            kind = "reported"
            format = "misp"
            url = "{base}/misp/"
            allow_private = true
            tlp = "TLP:AMBER+STRICT"
            [feeds.collection]
            kind = "reported"
            format = "taxii"
            url = "{base}/taxii/collections/{collection}/"
            allow_private = true
            tlp = "TLP:AMBER+STRICT"
        """)
        assert collect_feed(other, TODAY, "shared").rejects == 0
        assert collect_feed(other, TODAY, "collection").rejects == 0
    with lake_database(other, only=["sighting"]) as con:
        told = con.sql("SELECT domain FROM sighting WHERE feed = 'shared'").fetchall()
    assert sorted(told) == sorted(rows), "the reported domains, and no other"


def test_the_command(config, order, monkeypatch, capsys):
    def churn(*arguments):
        monkeypatch.setattr(sys, "argv", ["churn", "export", *map(str, arguments), "--data", str(config.data)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, " ".join(printed.err.split())

    monkeypatch.setenv("LOGNAME", "ana")
    code, out, _ = churn("--day", TODAY, "--out", order.out, "--format", "csv,stix", "--cluster", CASE, "--json")
    told = json.loads(out)
    assert (code, told["clusters"], told["tlp"]) == (0, [CASE], "TLP:AMBER+STRICT")
    assert set(told["files"]) == set(written(order.out))
    assert not [name for name in told["files"] if name.startswith("misp")]
    assert "ana" in {row["exported_by"] for row in deeds(config)}
    code, out, _ = churn("--day", TODAY, "--out", order.out / "sealed", "--to", "police-unit,a-example", "--by", "ben")
    assert code == 0
    assert "police-unit" in out
    assert len(written(order.out / "sealed")) == 2
    code, _, err = churn("--day", TODAY, "--out", order.out, "--to", "police-unit", "--tlp", "red")
    assert (code, "may get TLP:AMBER+STRICT at most" in err) == (2, True)
    code, _, err = churn("--day", TODAY, "--out", order.out, "--tlp", "white")
    assert (code, "is no TLP 2.0 label" in err) == (2, True)


@given(hostile_text)
def test_no_cell_of_a_list_is_a_formula_or_more_than_text(text):
    cluster = pair(text)
    content = member_list(cluster, cluster.members, Tlp.AMBER_STRICT).decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [row["domain"] for row in rows] == ["shop-1.test", "xn--bcher-kva.test"]
    assert [row["standing"] for row in rows] == ["reported", "related, not alleged"]
    for cell in (cell for row in rows for cell in row.values()):
        assert cell[:1] not in set("=+-@\t\r")
        assert not {unicodedata.category(c) for c in cell} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert len(cell) <= 2001


@pytest.mark.parametrize("cluster_id", ["../../x", "a/b", "", ".hidden", "x" * 300, "\ud800", "C:x"])
def test_a_strange_cluster_id_names_no_strange_file(cluster_id):
    stem = exporting._stem(cluster_id)
    assert stem.startswith("cluster-")
    assert stem.replace("-", "").isalnum()
