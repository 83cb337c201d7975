"""Which domains were reported: typed, listed, or in a packet."""

import datetime as dt
import json

import pytest

from churn.associate import Reported, reported_of
from churn.errors import UsageError


def test_typed_names_are_read_in_any_spelling():
    found = reported_of(["https://www.Bad[.]example/path", "bücher.de", "bad.example"])
    assert found.domains == (Reported("bad.example"), Reported("xn--bcher-kva.de"))


def test_the_csv_of_a_packet_is_defanged_and_says_when_and_what_of(tmp_path):
    path = tmp_path / "domains.csv"
    path.write_text(
        "domain,in_unicode,listed_on,assessment\n"
        "one[.]example,one[.]example,2026-03-08,registered for abuse: first reported 0 days after its creation\n"
        "two[.]example,x,,undetermined: it may be an older name\n"
        "'=three,,,\n"
    )
    found = reported_of([], path)
    assert found.domains == (
        Reported("one.example", dt.date(2026, 3, 8), True),
        Reported("two.example", None, False),
    )
    assert found.unread == 1


def test_the_json_of_a_packet(tmp_path):
    path = tmp_path / "packet.json"
    entry = {
        "domain": "one.example",
        "first_reported_at": "2026-03-08T19:20:07Z",
        "assessment": {"judgement": "registered_for_abuse"},
    }
    path.write_text(json.dumps({"domains": [entry, "two.example", {"domain": None}, 7]}))
    found = reported_of(["two.example"], path)
    assert found.domains == (Reported("one.example", dt.date(2026, 3, 8), True), Reported("two.example"))
    assert found.unread == 2


def test_a_list_of_names(tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbf# today\none.example\n\n\xff\xfe\nhttp://two.example/x\n")
    found = reported_of([], path)
    assert [each.domain for each in found.domains] == ["one.example", "two.example"]
    assert found.unread == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "as JSON"),
        ('{"domains": 1}', "no list of domains"),
        ("[" * 100_000, "as JSON"),
        ("none\n", "holds no domain name"),
        ('domain\n"' + "x" * 200_000 + '"\n', "as CSV"),
    ],
)
def test_files_that_are_none(tmp_path, content, said):
    path = tmp_path / "list"
    path.write_text(content)
    with pytest.raises(UsageError, match=said):
        reported_of([], path)


def test_nothing_said_or_something_that_is_no_name():
    with pytest.raises(UsageError, match="--domain"):
        reported_of([])
    with pytest.raises(UsageError, match="no domain name"):
        reported_of(["no name"])
