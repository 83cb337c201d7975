"""What the files say and how: schema, XARF, IDNs, hostile text, what is unknown, the cover, the draft message."""

from __future__ import annotations

import base64
import csv
import email
import email.policy
import hashlib
import io
import json
import re
import zipfile
from email.message import EmailMessage, Message
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xarf
from example_packet import KEPT, write_example
from hypothesis import given
from hypothesis import strategies as st
from test_packets_world import DAY, World, at, folder, packet, run_world, table, told, tree

import churn.packets
from churn.packets.document import SCHEMA_VERSION
from churn.packets.folder import SUMS
from churn.packets.rendering import html_of
from churn.packets.reports import file_name
from churn.packets.wording import code, prose

SCHEMA = json.loads((Path(churn.packets.__file__).parent / "packet.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
ANEW = "where the change is meant, write it anew: python tests/unit/example_packet.py"
HOSTILE = [
    "../../etc/passwd", "<script>alert(1)</script>", '=HYPERLINK("http://evil.test","x")', "a\x1b[31mb\x07",
    "x\r\n# heading\n- item", "a | b `c` [d](http://evil.test) ![e](//evil.test) &lt; *f*",
    "\u202egro.live", "", "@SUM(A1)", "x" * 3000,
]  # fmt: skip


def rich() -> World:
    world = World()
    world.burst()
    for domain in ("plain.example", "xn--exmple-cua.test", "9a--b.example", "silver.xn--p1ai"):
        world.case(domain)
    world.reported(
        "plain.example", reference="ref-2", label="class as the list says", series_hash="ab" * 32, seen_at=at(DAY, 10)
    )
    world.case("dateless.example", created_at=None)
    world.case("aged.example", created_at=at(DAY.replace(year=2015)))
    world.registered("sibling.example", 7)
    world.member("sibling.example")
    world.case("elsewhere.example", 8)
    world.add(
        "hosting", DAY, domain="plain.example", observed_at=at(DAY), rcode="NOERROR", a=["192.0.2.1"],
        aaaa=["2001:db8::1", "odd"], ns=["ns1.pool.example"], mx=[], asn=[64500], as_name=["LAB"], country=["ZZ"],
        resolver="192.0.2.53",
    )  # fmt: skip
    world.add(
        "certificate", DAY, domain="plain.example", observed_at=at(DAY), source="tls", sha256="cd" * 32,
        issuer="CN=Lab", not_before=at(DAY), names=["plain.example", "sibling.example", "elsewhere.example"],
    )  # fmt: skip
    world.add("lookup", DAY, domain="aged.example", kind="dns", attempted_at=at(DAY), outcome="timeout", attempt=1)
    return world


def reports(data: Path, registrar: int = 7) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text()) for path in (folder(data, registrar) / "xarf").iterdir()}


def body_of(draft: Message, kind: str) -> str:
    assert isinstance(draft, EmailMessage)
    body = draft.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class Page(HTMLParser):
    """What is in a page: its elements, their attributes, its text without the style sheet."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] != ["style"]:
            self.words.append(data)


def test_packet_json_fits_its_published_schema(tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    run_world(rich(), tmp_path)
    document = packet(tmp_path, 7)
    VALIDATOR.validate(document)
    del document["domains"][0]["registration"]["registrar_iana_id"]
    assert not VALIDATOR.is_valid(document)


def test_what_is_unknown_is_null_with_a_reason_and_what_is_known_is_exact(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    rows = {row["domain"]: row for row in packet(tmp_path, 7)["domains"]}
    plain, aged, dateless = rows["plain.example"], rows["aged.example"], rows["dateless.example"]
    assert (plain["dns"]["a"], plain["dns"]["mx"], plain["dns"]["soa_rname"]) == (["192.0.2.1"], [], None)
    assert "dns.soa_rname" in plain["not_obtained"]
    assert aged["dns"] is None
    assert aged["not_obtained"]["dns"] == f"dns look-up of {DAY}: timeout"
    assert aged["not_obtained"]["certificate"] == "no look-up was made"
    assert dateless["not_obtained"]["registration.created_at"] == "not in the rdap record"
    assert [(row["class"], row["reference"]) for row in plain["listings"]] == [
        ("class as the list says", "ref-2"),
        (None, "ref-plain.ex"),
    ]
    assert plain["times_reported"] == 2


def test_only_what_looks_registered_for_abuse_is_asked_to_be_held(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    asked = {row["domain"]: row["requested_action"] for row in packet(tmp_path, 7)["domains"]}
    assert (asked["plain.example"], asked["aged.example"], asked["dateless.example"]) == ("suspend", "review", "review")


def test_the_group_is_counted_here_and_elsewhere(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    (group,) = packet(tmp_path, 7)["groups"]
    assert (group["members"], group["reported_members"], group["alleged_here"], group["other_registrars"]) == (
        8,
        7,
        6,
        1,
    )
    assert (group["burst"]["observed"], group["burst"]["expected"], group["burst"]["q_value"]) == (30, 0.4, 1e-38)


def test_no_file_names_a_domain_of_another_registrar_or_a_certificates_other_names(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    for content in tree(folder(tmp_path, 7)).values():
        assert b"elsewhere" not in content


def test_every_xarf_report_is_valid_and_says_no_more_than_is_known(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    found = reports(tmp_path)
    assert set(found) == set(told(tmp_path, 7))
    for domain, report in found.items():
        parsed = xarf.parse(json.dumps(report))
        assert (parsed.errors, parsed.warnings, parsed.report is None) == ([], [], False)
        assert report["source_identifier"] == domain
        assert "campaign:c-1" in report["tags"]
        (evidence,) = report["evidence"]
        members = list(csv.DictReader(io.StringIO(base64.b64decode(evidence["payload"]).decode())))
        assert {row["domain"] for row in members} == set(found)
    kinds = {domain: f"{report['category']}/{report['type']}" for domain, report in found.items()}
    assert kinds.pop("dateless.example") == "reputation/threat_intelligence"
    assert set(kinds.values()) == {"content/suspicious_registration"}
    assert {domain for domain, report in found.items() if "domain" in report} == {"plain.example", "aged.example"}
    assert found["plain.example"]["registration_date"] == "2026-03-02T12:00:00Z"
    assert found["plain.example"]["dns_records"] == {"a": ["192.0.2.1"], "aaaa": ["2001:db8::1"], "mx": []}


def test_internationalised_names_are_shown_both_ways(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    rows = {row["domain"]: row["in_unicode"] for row in table(folder(tmp_path, 7) / "domains.csv")}
    assert rows["xn--exmple-cua[.]test"] == "exämple[.]test"
    assert "`xn--exmple-cua[.]test` `exämple[.]test`" in (folder(tmp_path, 7) / "cover.md").read_text()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path: Path, text: str) -> None:
    world = World()
    world.burst()
    world.case(
        "one.example", registrar=text, reseller=text, status=[text], nameservers=[text], abuse_email=text,
        abuse_url=text, handle=text,
    )  # fmt: skip
    world.reported("one.example", label=text, reference=text, seen_at=at(DAY, 20))
    world.add(
        "hosting",
        DAY,
        domain="one.example",
        observed_at=at(DAY),
        rcode=text,
        a=[text],
        ns=[text],
        mx=[text],
        resolver=text,
    )
    world.add("link", DAY, cluster_id="c-1", domain="one.example", family="name", field=text, value=text,
              domains_with_value=3, in_cluster=3, weight=99.0)  # fmt: skip
    run_world(world, tmp_path)
    assert sorted(path.name for path in (tmp_path / "packets" / str(DAY)).iterdir()) == [
        "no-contact.csv", "registrar-7", "registrar-7.zip", "unrouted-networks.csv", "unrouted.csv",
    ]  # fmt: skip
    VALIDATOR.validate(packet(tmp_path, 7))
    assert packet(tmp_path, 7)["domains"][0]["registration"]["registrar"] == text
    for row in table(folder(tmp_path, 7) / "domains.csv"):
        assert not any(cell[:1] in set("=+-@\t\r") for cell in row.values())
    for name in ("cover.md", "domains.csv"):
        shown = (folder(tmp_path, 7) / name).read_text().replace("\r\n", "\n")
        assert not any(mark in shown for mark in ("\x1b", "\x07", "\u202e", "http://", "evil.test"))
    lines = (folder(tmp_path, 7) / "cover.md").read_text().splitlines()
    assert not any(line.startswith(("# heading", "- item")) for line in lines)
    assert "<script" not in "".join(line for line in lines if "`" not in line)
    assert all(line.count(" | ") <= 6 for line in lines)
    raw = (folder(tmp_path, 7) / "message.eml").read_bytes()
    page = Page(body_of(email.message_from_bytes(raw, policy=email.policy.default), "html"))
    assert (set(page.elements) <= LAYOUT, page.attributes <= SHAPES) == (True, True)


@given(st.text(max_size=80))
def test_nothing_becomes_markup_in_prose_or_code(text: str) -> None:
    assert not any(ord(character) < 32 for character in prose(text) + code(text))
    assert "<" not in prose(text)
    assert "](" not in prose(text).replace("\\[", "")
    assert "`" not in code(text)[1:-1]


@given(st.text(max_size=300))
def test_a_file_name_stays_in_its_folder(domain: str) -> None:
    name = file_name(domain)
    assert Path(name).name == name
    assert len(name.encode()) <= 245


def test_the_cover_tells_the_story_in_two_lines_and_can_be_read_in_two_minutes(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    text = (folder(tmp_path, 7) / "cover.md").read_text()
    first, second = [line for line in text.splitlines() if line.startswith("**")]
    assert first.startswith("**6 domains that you sponsor were reported (list `hotline`; first on 2026-03-04).")
    assert second.startswith("**Please put 4 of them on clientHold and transfer lock and review the other 2")
    assert text.startswith("TLP:AMBER: ")
    for phrase in (
        "| 1 `class as the list says` and 5 without a class (the lists' words) |",
        "| yours by registration records of 2026-03-04 12:00 UTC |",
        "4 look registered for abuse: first reported less than 2 days after creation, all created in one minute",
        "none claimed",
        "Content is never attached",
        "siblings-not-alleged.csv",
        "If one is wrong",
        "Do not delete",
    ):
        assert phrase in text
    spoken = [
        word for line in text.splitlines() if not line.startswith("| `") for word in line.split() if word.isalnum()
    ]
    assert len(spoken) < 330  # some 150 words a minute


def test_an_authority_is_named_where_it_is_set(tmp_path: Path) -> None:
    run_world(rich(), tmp_path, authority="Police of Lab, ref 12/26")
    assert packet(tmp_path, 7)["reporter"]["authority_reference"] == "Police of Lab, ref 12/26"
    assert "Police of Lab, ref 12/26" in (folder(tmp_path, 7) / "cover.md").read_text()


def test_the_message_is_a_draft_with_the_packet_attached(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    raw = (folder(tmp_path, 7) / "message.eml").read_bytes()
    draft = email.message_from_bytes(raw, policy=email.policy.default)
    assert (draft["X-Unsent"], draft["To"]) == ("1", "abuse@registrar-7.example")
    assert draft.defects == []
    assert draft["Subject"].startswith("TLP:AMBER [p-2026-03-04-registrar-7-")
    assert body_of(draft, "plain") == (folder(tmp_path, 7) / "cover.md").read_text()
    attached = {part.get_filename(): part.get_payload(decode=True) for part in draft.iter_attachments()}
    assert set(attached) == {"packet.json", "domains.csv", "siblings-not-alleged.csv", "xarf.zip"}
    assert attached["packet.json"] == (folder(tmp_path, 7) / "packet.json").read_bytes()


LAYOUT = {
    *("html", "head", "meta", "style", "body", "h1", "h2", "p", "strong", "em", "code", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


SHAPES = {"lang", "charset", "name", "content", "border", "cellspacing", "cellpadding"}


def check_page(page: str) -> Page:
    """That it holds layout alone: nothing to click, to fetch or to run."""
    seen = Page(page)
    assert set(seen.elements) <= LAYOUT
    assert seen.attributes <= SHAPES
    assert not any(word in page for word in ("href", "src", "script", "url(", "@import", "http:", "https:"))
    return seen


def test_the_messages_page_says_what_the_cover_says_and_nothing_can_be_clicked(tmp_path: Path) -> None:
    run_world(rich(), tmp_path)
    raw = (folder(tmp_path, 7) / "message.eml").read_bytes()
    draft = email.message_from_bytes(raw, policy=email.policy.default)
    assert [part.get_content_type() for part in draft.walk()][:4] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    page = check_page(body_of(draft, "html"))
    cover = (folder(tmp_path, 7) / "cover.md").read_text()
    said = re.sub(r"^\d+\. ", "", cover, flags=re.MULTILINE)  # a list numbers itself
    assert re.findall(r"\w+", " ".join(page.words)) == re.findall(r"\w+", said)
    rows = [line for line in cover.splitlines() if line.startswith("| ") and line != "| | |"]
    assert page.elements.count("tr") == len(rows)
    assert page.elements.count("th") == 5
    assert page.elements.count("table") == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_no_markup_of_the_page(text: str) -> None:
    words = [
        f"- {prose(text)}",
        f"| {code(text)} | {prose(text)} |",
        text,
        f"<{text}>",
        f"[x]: http://a.test\n\n[x] ![x][x] <http://b.test> http://c.test {text}",
    ]
    for each in words:
        seen = Page(html_of(f"| | |\n|---|---|\n{each}\n"))
        assert set(seen.elements) <= LAYOUT | {"pre", "hr", "blockquote", "br", *(f"h{n}" for n in range(3, 7))}
        assert not seen.attributes & {"href", "src", "style", "onclick", "id"}


@given(st.text(alphabet=st.sampled_from("<>[]()!:/*_`|\\#&;=\"'ab. \n"), max_size=60))
def test_whatever_the_markdown_the_page_has_no_link(text: str) -> None:
    assert not Page(html_of(text)).attributes & {"href", "src"}


def test_without_a_contact_the_packet_says_so_and_addresses_nobody(tmp_path: Path) -> None:
    world = World()
    world.burst()
    world.case("one.example", abuse_email=None, abuse_source=None)
    result = run_world(world, tmp_path)
    contact = packet(tmp_path, 7)["recipient"]["contact"]
    assert (contact["found"], contact["source"], contact["email"], result.found["no_contact"]) == (False, "none", [], 1)
    assert "1 records by rdap" in contact["tried"]
    assert "no abuse contact was found, none is guessed" in (folder(tmp_path, 7) / "cover.md").read_text()
    assert email.message_from_bytes((folder(tmp_path, 7) / "message.eml").read_bytes())["To"] is None


def test_the_schema_names_itself_by_its_version() -> None:
    version = SCHEMA["properties"]["schema_version"]["const"]
    assert SCHEMA["$id"] == f"urn:domain-churn:schema:packet:{version}"
    assert version == SCHEMA_VERSION


def pieces(raw: bytes) -> list[tuple[str, str | None, Any]]:
    """What a message holds, zips unpacked: how small deflate makes a thing depends on the library's version."""
    found: list[tuple[str, str | None, Any]] = []
    for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
        content: Any = part.get_payload(decode=True)
        if part.get_content_type() == "application/zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = {name: archive.read(name) for name in archive.namelist()}
        found.append((part.get_content_type(), part.get_filename(), content))
    return found


def test_the_example_packet_of_the_docs_is_what_the_stage_writes(tmp_path: Path) -> None:
    kept, made = tree(KEPT), tree(write_example(tmp_path))
    sums = "".join(f"{hashlib.sha256(kept[name]).hexdigest()}  {name}\n" for name in sorted(kept) if name != SUMS)
    assert kept.pop(SUMS).decode() == sums
    del made[SUMS]
    assert pieces(kept.pop("message.eml")) == pieces(made.pop("message.eml")), ANEW
    assert kept == made, ANEW
    VALIDATOR.validate(json.loads(kept["packet.json"]))
