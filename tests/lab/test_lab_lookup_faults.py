"""Faults of RDAP and crt.sh on the wire, as a client that is not ours meets them; every fault has its case."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import time

import httpx
import pytest

from churn.lab import Faults
from churn.lab import rdap as rdap_answers
from churn.lab.faults import all_lookup_faults
from churn.lab.json_faults import WAYS, bad_jcards
from churn.lab.lookup_faults import LOOKUP_FAULTS, PASSING, LookupFault, Shown, place_of
from churn.lab.lookup_limits import Limit
from churn.lab.records import record

pytestmark = pytest.mark.lab
PATIENCE = 0.4


@pytest.fixture(scope="module")
def lab(faulty_lab):
    return faulty_lab


@pytest.fixture(scope="module")
def web(lab):
    with httpx.Client(base_url=f"http://127.0.0.1:{lab.ports.http}", timeout=PATIENCE) as client:
        yield client


def rdap(web, subject):
    return web.get(f"/rdap/registry/comlab/domain/{subject}", headers={"Accept-Encoding": "identity"})


def texts(value):
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in texts(item)] if isinstance(value, list) else [value]


STATUS = {"busy": 429, "busy-date": 429, "busy-silent": 429, "forbidden": 403, "down": 503, "bad-gateway": 502}
RETRY = {"busy": "1", "busy-silent": None}
REDIRECTS = {
    "to-loopback": "http://127.0.0.1:1/",
    "to-private": "http://10.0.0.1/",
    "to-metadata": "http://169.254.169.254/",
    "to-scheme": "file:///etc/passwd",
    "to-itself": "/rdap/registry/comlab/",
}


@pytest.mark.parametrize("name", STATUS)
def test_rdap_tells_of_an_error_and_once_only_where_it_passes(web, subjects, name):
    subject = subjects.names["rdap", name]
    answer = rdap(web, subject)
    assert answer.status_code == STATUS[name]
    if name in RETRY:
        assert answer.headers.get("Retry-After") == RETRY[name]
    if name == "busy-date":
        assert time.strptime(answer.headers["Retry-After"], "%a, %d %b %Y %H:%M:%S GMT")
    again = rdap(web, subject)
    if ("rdap", name) in PASSING:
        assert again.json()["ldhName"].lower() == subject
    else:
        assert again.status_code == STATUS[name]


@pytest.mark.parametrize("name", REDIRECTS)
def test_rdap_redirects_to_where_nobody_should_go(web, subjects, name):
    answer = rdap(web, subjects.names["rdap", name])
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(REDIRECTS[name])


def test_rdap_tells_of_a_limit_in_a_notice_only(web, subjects):
    answer = rdap(web, subjects.names["rdap", "busy-notice"])
    assert answer.status_code == 200
    assert "rate limit" in answer.json()["notices"][0]["title"]
    assert "objectClassName" not in answer.json()


def test_rdap_that_takes_its_time(lab, web, subjects):
    with pytest.raises(httpx.ReadTimeout):
        rdap(web, subjects.names["rdap", "timeout"])
    with socket.create_connection(("127.0.0.1", lab.ports.http), timeout=PATIENCE) as connection:
        path = f"/rdap/registry/comlab/domain/{subjects.names['rdap', 'drip']}"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert [connection.recv(100) for _ in range(3)] == [b"H", b"T", b"T"]


@pytest.mark.parametrize(
    ("name", "error"),
    [("cut", httpx.RemoteProtocolError), ("reset", httpx.ReadError), ("garbage", httpx.RemoteProtocolError)],
)
def test_rdap_connections_that_break(web, subjects, name, error):
    with pytest.raises(error):
        rdap(web, subjects.names["rdap", name])


def test_rdap_bodies_that_are_no_json(web, subjects):
    found = {name: rdap(web, subjects.names["rdap", name]) for name in ("page", "nothing", "bad-json", "latin-1")}
    assert {answer.status_code for answer in found.values()} == {200}
    for answer in found.values():
        with pytest.raises((ValueError, UnicodeDecodeError)):
            json.loads(answer.content)
    assert found["page"].headers["Content-Type"] == "text/html"
    assert "Café" in found["latin-1"].content.decode("latin-1")


def test_rdap_bodies_that_are_too_much(web, subjects):
    assert len(rdap(web, subjects.names["rdap", "too-long"]).content) > 2_000_000
    deep = rdap(web, subjects.names["rdap", "deep-json"]).content
    with pytest.raises(RecursionError):
        json.loads(deep)
    odd = rdap(web, subjects.names["rdap", "odd-json"]).content
    assert odd.count(b'"handle"') >= 2
    with pytest.raises(ValueError, match="4300 digits"):
        json.loads(odd)
    for name, unpacked in (("gzip", 2_000), ("bomb", 1 << 26)):
        with web.stream("GET", f"/rdap/registry/comlab/domain/{subjects.names['rdap', name]}") as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            packed = b"".join(answer.iter_raw())
        assert len(packed) < 100_000
        assert len(gzip.decompress(packed)) >= unpacked


def test_rdap_bodies_of_the_wrong_shape(web, subjects):
    cards = [item.get("vcardArray") for item in rdap(web, subjects.names["rdap", "bad-jcard"]).json()["entities"]]
    assert cards
    wrong = rdap(web, subjects.names["rdap", "wrong-types"]).json()
    assert isinstance(wrong["entities"], dict)
    assert not [text for text in texts(wrong) if isinstance(text, str)]
    hostile = texts(rdap(web, subjects.names["rdap", "hostile"]).json()["entities"])
    assert any("<script>" in str(text) for text in hostile)
    assert any("\x1b" in str(text) for text in hostile)
    subject = subjects.names["rdap", "other"]
    assert rdap(web, subject).json()["ldhName"].lower() not in {subject, ""}


def test_every_way_of_a_bad_jcard_shows(subjects):
    right = json.dumps(rdap_answers.registry_answer(record(subjects.world, subjects.names["rdap", "bad-jcard"]), 80))
    cards = [bad_jcards(json.loads(right), f"{number}.comlab")["entities"][0]["vcardArray"] for number in range(99)]
    assert len({json.dumps(card) for card in cards}) == len(WAYS)
    assert json.loads(right)["entities"][0]["vcardArray"] not in cards


def related(answer):
    return [link["href"] for link in answer.json()["links"] if link["rel"] == "related"]


def test_rdap_links_to_where_nobody_should_go(web, subjects):
    assert related(rdap(web, subjects.names["rdap", "related-private"]))[0].startswith("http://10.0.0.1/")
    assert related(rdap(web, subjects.names["rdap", "related-metadata"]))[0].startswith("http://169.254.169.254/")
    schemes = related(rdap(web, subjects.names["rdap", "related-scheme"]))
    assert {url.partition(":")[0] for url in schemes} >= {"file", "ftp", "javascript"}


def test_registry_and_registrar_refer_to_each_other(web, subjects):
    first = rdap(web, subjects.names["rdap", "related-loop"])
    (there,) = related(first)
    (back,) = related(web.get(there))
    assert "/rdap/registrar/" in there
    assert "/rdap/registry/comlab/" in back
    assert web.get(back).json() == first.json()


def crtsh(web, name):
    return web.get("/crtsh/", params={"q": name, "output": "json"})


def test_crtsh_is_empty_at_first(web, subjects):
    subject = subjects.names["crtsh", "empty"]
    assert crtsh(web, subject).json() == []
    assert {item["common_name"] for item in crtsh(web, subject).json()} == {subject}


def test_crtsh_misbehaves_like_others(web, subjects):
    found = {name: crtsh(web, subjects.names["crtsh", name]) for name in ("bad-gateway", "page", "bad-json", "other")}
    assert found["bad-gateway"].status_code == 502
    assert found["bad-gateway"].headers["Content-Type"] == "text/html"
    assert "<html>" in found["page"].text
    with pytest.raises(ValueError, match=r"(?i)expecting|unterminated"):
        found["bad-json"].json()
    assert found["other"].json()[0]["common_name"] == "elsewhere.example"
    assert crtsh(web, subjects.names["crtsh", "bad-gateway"]).status_code == 200
    with pytest.raises(httpx.ReadTimeout):
        crtsh(web, subjects.names["crtsh", "timeout"])


ONCE = {*STATUS, *REDIRECTS, "busy-notice", "timeout", "drip", "cut", "reset", "garbage", "page", "nothing", "bad-json",
        "latin-1", "too-long", "deep-json", "odd-json", "gzip", "bomb", "bad-jcard", "wrong-types", "hostile", "other",
        "related-private", "related-metadata", "related-scheme", "related-loop"}  # fmt: skip


def test_every_fault_of_http_has_its_case(web, subjects):
    """Those of crt.sh that no test above names are RDAP's, in the same words: all of them answer, or break."""
    assert LOOKUP_FAULTS["rdap"].keys() == ONCE
    assert LOOKUP_FAULTS["crtsh"].keys() - ONCE == {"empty"}
    for name in LOOKUP_FAULTS["crtsh"].keys() - {"timeout", "drip"}:
        with contextlib.suppress(httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError):
            assert crtsh(web, subjects.names["crtsh", name]).status_code in {200, 302, *STATUS.values()}


def test_faults_by_share_are_disjoint_deterministic_and_all_there(subjects):
    names = subjects.world.domains["domain"].to_pylist()
    faults = all_lookup_faults(0.2)
    assert Faults.from_json(json.loads(json.dumps(faults.as_json()))) == faults
    for protocol, endpoint in (
        ("rdap", "rdap/rir"),
        ("whois", "whois/whois.nic.comlab"),
        ("dns", "dns"),
        ("crtsh",) * 2,
    ):
        shown = Shown(protocol, faults.lookups)
        met = {name: shown.of(endpoint, name) for name in names}
        assert max(map(len, met.values())) == 1
        assert {each.name for found in met.values() for each in found} == LOOKUP_FAULTS[protocol].keys()
        assert 0.18 < sum(map(bool, met.values())) / len(names) < 0.22
    assert not Shown("whois", faults.lookups).of("whois/root", next(n for n in names if place_of("whois", n) < 0.2))


def test_what_is_no_fault_or_limit_is_refused():
    with pytest.raises(ValueError, match="dns has no fault 'bomb'"):
        LookupFault("dns", "bomb")
    with pytest.raises(ValueError, match="begins with rdap, crtsh, whois"):
        Limit("*")
    with pytest.raises(ValueError, match="whois has no answer 'busy'"):
        Limit("whois/*", beyond="busy")
