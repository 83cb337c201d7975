"""Zone files: the names that a zone delegates, in every legal spelling, and what changes from day to day."""

from __future__ import annotations

import gzip
from pathlib import Path

import dns.rdataclass
import dns.rdatatype
import dns.zone
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from churn.collect.formats.master_file import read_delegations, write_delegations
from churn.collect.formats.master_records import LONGEST_RECORD
from churn.collect.formats.zone_changes import changes_by_join, changes_side_by_side, zone_changes
from churn.collect.unpack import UnreadableError
from churn.errors import UsageError
from churn.settings import Settings
from churn.store.database import scratch

SOA = "com. 900 IN SOA a.gtld-servers.net. nstld.example. 1744243200 1800 900 604800 86400\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("zone") / "zone.txt"


def read(place: Path, content: bytes | str, origin=None, **options):
    place.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
    names = []
    figures = read_delegations(place, lambda batch: names.extend(batch.to_pylist()), origin, **options)
    assert figures.delegations == len(names)
    return names, figures


CASES = {
    "as CZDS serves it": ("example.com.\t172800\tin\tns\tns1.example.net.\n", ["example.com"]),
    "as registries served it once": (
        "$ORIGIN COM.\nEXAMPLE NS NS1.FOO\n NS NS2.FOO\nB NS C.D",
        ["example.com", "b.com"],
    ),
    "a time to live, then a class": ("a.com. 1h30M IN NS x.\n", ["a.com"]),
    "a class, then a time to live": ("a.com. in 60 NS x.\n", ["a.com"]),
    "a class alone": ("a.com. CLASS1 nS x.\n", ["a.com"]),
    "a time to live alone": ("a.com. 60 TYPE2 x.\n", ["a.com"]),
    "$TTL": ("$TTL 1d\na.com. NS x.\n", ["a.com"]),
    "a relative $ORIGIN": ("$ORIGIN com.\n$origin sub\na NS x\n@ NS x\n", ["a.sub.com", "sub.com"]),
    "CRLF": ("a.com. NS x.\r\n\r\n NS y.\r\nb.com. NS x.\r\n", ["a.com", "b.com"]),
    "comments": ("; a NS b\na.com. NS x. ; ( NS\n;\n  ; NS c\nb.com. NS;c\n x.", ["a.com"]),
    "parentheses": ("a.com. ( IN\n NS ; )\n x. )\nb.com. NS(x.)\n(c.com. NS x.)\n", ["a.com", "b.com", "c.com"]),
    "quoted texts": ('a.com. TXT "x\\" ; (" ")"\nb.com. NS x.\n', ["b.com"]),
    "escapes": (
        "\\065\\.b.com. NS x.\n\\;c.com. NS x.\n\\000.com. NS x.\n\\$d.com. NS x.\n",
        ["a\\.b.com", "\\;c.com", "\\000.com", "\\$d.com"],
    ),
    "bytes beyond ASCII": ("\xfc.com. NS x.\n", ["\\252.com"]),
    "a dot that is none": ("a\\.com. NS x.\nb\\\\.com. NS x.\n", ["b\\\\.com"]),
    "the apex": ("com. NS x.\n@ NS x.\n", []),
    "wildcards": ("*.com. NS x.\n*.a.com. NS x.\n\\*.com. NS x.\n*a.com. NS x.\n", ["*a.com"]),
    "no delegations": (
        (
            "ns1.a.com. A 192.0.2.1\na.com. DS 1 13 2 AB CD\n2t7b4g4vsa5smi47k61mv5bv1a22bojr.com. NSEC3 1 1 0 - 2 A\n"
            "a.com. RRSIG NS 13 2 1 2 3 4 com. (\n AAAA\n BBBB )\na.com. TYPE65534 \\# 1 00\n"
        ),
        [],
    ),
    "repeated in a row": ("a.com. NS x.\na.com. DS 1 2 3 4\nA.COM. NS y.\nb.com. NS x.\n", ["a.com", "b.com"]),
    "RFC 3597": ("a.com. NS \\# 3 01 78 00\n", ["a.com"]),
    "below a delegation": ("b.a.com. NS x.\n", ["b.a.com"]),
}


@pytest.mark.parametrize(("text", "names"), CASES.values(), ids=CASES)
def test_a_spelling(place, text, names):
    found, figures = read(place, SOA + text)
    assert found == names
    assert (figures.apex, figures.serial) == ("com", 1744243200)


UNREAD = {
    "<html> <body>": "known type",
    "a.com.": "known type",
    "a.com. 60 IN": "known type",
    "a.com. 60 60 NS x.": "known type",
    "a.com. A": "known type",
    "Please try again later": "known type",
    "a..com. NS x.": "no domain name",
    f"{'a' * 64}.com. NS x.": "no domain name",
    f"{'a.' * 126}com. NS x.": "no domain name",
    "\\256.com. NS x.": "no domain name",
    "\\25.com. NS x.": "no domain name",
    '"a.com." NS x.': "no domain name",
    "a NS x.": "no origin",
    "a.net. NS x.": "not in the zone",
    "a.com. 6x0 NS x.": "time to live",
    "$TTL soon": "time to live",
    "$ORIGIN": "$ORIGIN",
    "$ORIGIN ..": "$ORIGIN",
    "$INCLUDE /etc/passwd": "$INCLUDE",
    "$GENERATE 1-2 a$ NS x.": "directive",
    "a.com. CH NS x.": "class",
    "a.com. CLASS3 NS x.": "class",
    "a.com. NS": "one server",
    "a.com. NS x. y.": "one server",
    "com. SOA a. b. 1 2 3 4": "seven fields",
    "com. SOA a. b. 4294967296 2 3 4 5": "seven fields",
    "net. SOA a. b. 1 2 3 4 5": "another name",
    "a.com. NS x. )": "parenthesis",
    'a.com. TXT "x': "quoted",
    "a.com. NS x.\\": "backslash",
}


@pytest.mark.parametrize(("line", "reason"), UNREAD.items())
def test_what_is_no_record_is_put_aside_with_its_line(place, line, reason):
    found, figures = read(place, f"{SOA}; two\nb.com. NS x.\n{line}\nc.com. NS x.\n")
    assert found == ["b.com", "c.com"]
    (unread,) = figures.unread_lines
    assert (figures.unread, unread.line, unread.excerpt) == (1, 4, line[:200])
    assert reason in unread.reason


def test_a_record_without_an_owner_is_never_given_to_another(place):
    found, figures = read(place, f" NS x.\n{SOA}a..com. NS x.\n NS y.\nb.com. NS\n NS y.\n")
    assert found == ["b.com"]
    assert [unread.line for unread in figures.unread_lines] == [1, 3, 4, 5]


def test_after_a_broken_origin_no_relative_name_is_made_up(place):
    found, _ = read(place, f"{SOA}$ORIGIN com.\na NS x\n$ORIGIN x..com.\nb NS x\n$ORIGIN com.\nc NS x\n")
    assert found == ["a.com", "c.com"]


def test_a_parenthesis_that_stays_open_is_one_fault(place):
    _, figures = read(place, f"{SOA}a.com. NS (x.\nb.com. NS x.\n")
    assert [(unread.line, unread.reason) for unread in figures.unread_lines] == [
        (2, "the file ends within this record")
    ]


def test_the_zone_is_that_of_the_soa_record_else_the_one_given(place):
    assert read(place, "a NS x\n", "COM.")[0] == ["a.com"]
    names, figures = read(place, "a NS x\nnet. SOA a b 1 2 3 4 5\nb.net. NS x\n", "com")
    assert (names, figures.apex) == (["a.com", "b.net"], "net")
    names, figures = read(place, ". SOA a b 1 2 3 4 5\n. NS x.\ncom. NS x.\nco.uk. NS x.\n")
    assert (names, figures.apex) == (["com", "co.uk"], "")
    with pytest.raises(UsageError, match="no domain name"):
        read(place, "a NS x\n", "a..b")


def test_a_transfer_is_closed_by_its_soa_record(place):
    assert not read(place, SOA + "a.com. NS x.\n")[1].is_closed
    assert read(place, SOA + "a.com. NS x.\n" + SOA + "\n; end")[1].is_closed
    assert not read(place, SOA + SOA + "a.com. NS x.\n")[1].is_closed


@pytest.mark.parametrize("step", [1 << 17, 700_001, 4 << 20])
def test_records_beyond_a_megabyte_are_put_aside(place, step):
    fits = f"a.com. TXT ({'x ' * 500_000})\n"
    long = f"b.com. TXT {'y' * LONGEST_RECORD}\n"
    folded = "c.com. TXT (\n" + f"{'z' * 99}\n" * 12_000 + ")\n"
    found, figures = read(place, f"{SOA}{fits}{long}{folded}d.com. NS x.\n", step=step)
    too_long = [unread for unread in figures.unread_lines if "longer than" in unread.reason]
    assert [(unread.line, len(unread.excerpt)) for unread in too_long] == [(3, 200), (4, 12)]
    assert (found, figures.records) == (["d.com"], 3)


def test_faults_are_counted_and_the_first_thousand_kept(place):
    _, figures = read(place, SOA + "?\n" * 2500)
    assert (figures.unread, len(figures.unread_lines), figures.unread_lines[-1].line) == (2500, 1000, 1001)


EVERYTHING = SOA.replace(" 1744243200", " ( ; serial\n 1744243200").replace("86400", "86400 )") + "".join(
    text if text.endswith("\n") else text + "\n" for text, _ in CASES.values()
)


def test_a_file_may_be_cut_into_pieces_anywhere(place):
    text = EVERYTHING + "\n".join(UNREAD) + "\n" + SOA
    whole = read(place, text)
    assert len(whole[0]) > 20
    assert whole[1].unread > 20
    for step in range(1, len(text), 1 + len(text) // 500):
        assert read(place, text, step=step) == whole


SYNTAX = [
    "a",
    "b.com.",
    "@",
    "*",
    ".",
    "\\",
    "\\046",
    '"',
    "(",
    ")",
    ";",
    " ",
    "\t",
    "\n",
    "\r\n",
    "IN",
    "NS",
    "SOA",
    "60",
]
LINES_OF_ALL_KINDS = ["$ORIGIN ", "$TTL 1\n", "\n ", "\x00", "\xff", "com. SOA a b 1 2 3 4 5\n", "\na NS ", "x\n"]
PIECES = st.sampled_from([*SYNTAX, *LINES_OF_ALL_KINDS])
ANYTHING = st.one_of(st.lists(PIECES, max_size=60).map(lambda parts: "".join(parts).encode("latin-1")), st.binary())


@settings(max_examples=60)
@given(ANYTHING, st.sampled_from([None, "com"]))
@example(b"", None)
@example(b"\x1f\x8b", None)
def test_any_bytes_are_read_or_refused_and_pieces_make_no_difference(place, content, origin):
    def outcome(step):
        try:
            return read(place, content, origin, step=step)
        except UnreadableError as error:
            return str(error)

    assert outcome(1) == outcome(5) == outcome(4 << 20)


def spelled_label(draw, label: bytes) -> str:
    """A label as text; what means something to a master file is escaped, the rest perhaps."""
    text = ""
    for octet in label:
        is_plain = 32 < octet < 127 and octet not in b'"().;\\@$'
        way = draw(st.integers(0, 9))
        if is_plain and way > 1:
            text += chr(octet).upper() if way == 2 else chr(octet)
        elif 32 <= octet < 127 and not 48 <= octet <= 57 and way > 0:
            text += "\\" + chr(octet)
        else:
            text += f"\\{octet:03}"
    return text


def spelled_name(draw, labels: tuple[bytes, ...], origin: tuple[bytes, ...]) -> str:
    if labels == origin and draw(st.booleans()):
        return "@"
    is_within = len(labels) > len(origin) and labels[len(labels) - len(origin) :] == origin
    is_relative = is_within and draw(st.booleans())
    shown = labels[: len(labels) - len(origin)] if is_relative else labels
    return ".".join(spelled_label(draw, label) for label in shown) + ("" if is_relative else ".")


GAPS = st.sampled_from([" ", "\t", "  \t "])
FOLDS = st.sampled_from([" ", "\n", " ; a ) comment\n  ", "\t\n\n"])
DATA = {
    "NS": ["ns1", "ns2.example.net.", "NS3"],
    "A": ["192.0.2.1"],
    "AAAA": ["2001:db8::1"],
    "DS": ["1 13 2 30B723052FBD56287BBC68196112EC72 B6772F57F6E1F975C668CF61C733B1E9"],
    "TXT": ['"a; (b" "c\\"d)"', "e\\;f \\103"],
    "RRSIG": ["NS 13 2 3600 20260101000000 20250101000000 1 com. AAAA BBBB"],
    "NSEC3": ["1 1 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS RRSIG"],
    "TYPE65400": ["\\# 2 00 01"],
}
LABELS = st.one_of(
    st.sampled_from([b"a", b"b", b"*", b"ns", b"xn--a-b", b"in", b"60", b"a.b"]), st.binary(min_size=1, max_size=4)
)


def spelled_record(draw, owner: str) -> str:
    kind = draw(st.sampled_from(["NS", "NS", *DATA]))
    data = draw(st.sampled_from(DATA[kind]))
    if draw(st.booleans()) and '"' not in data:
        data = "(" + "".join(part + draw(FOLDS) for part in data.split(" ")) + ")"
    ttl, class_ = draw(st.sampled_from(["", "60", "1h30m"])), draw(st.sampled_from(["", "IN", "in", "CLASS1"]))
    fields = [part for part in draw(st.permutations([ttl, class_])) if part]
    kind = draw(st.sampled_from([kind, kind.lower(), "TYPE2" if kind == "NS" else kind]))
    return (
        "".join(part + draw(GAPS) for part in [owner, *fields, kind]) + data + draw(st.sampled_from(["", " ", " ; x"]))
    )


@st.composite
def zones(draw) -> str:
    """The text of a zone `com`, in odd but legal spellings, with LF between lines."""
    lines = ["$TTL 1d", SOA.strip()]
    origin, before = (b"com",), None
    for _ in range(draw(st.integers(1, 12))):
        if draw(st.integers(0, 5)) == 0:
            new = (*draw(st.lists(LABELS, max_size=2)), b"com")
            lines.append("$ORIGIN" + draw(GAPS) + spelled_name(draw, new, origin))
            origin = new
        labels = (*draw(st.lists(LABELS, max_size=3)), b"com")
        is_blank = labels == before or (before is not None and draw(st.integers(0, 3)) == 0)
        lines.append(spelled_record(draw, "" if is_blank else spelled_name(draw, labels, origin)))
        before = before if is_blank else labels
        lines += draw(st.lists(st.sampled_from(["", "; NS comment", "\t ; x"]), max_size=1))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=60)
@given(zones(), st.booleans(), st.integers(1, 300))
def test_dnspython_finds_the_same_delegations(place, text, has_returns, step):
    zone = dns.zone.from_text(text, origin="com.", relativize=False, check_origin=False)
    theirs = {
        name.canonicalize().to_text(omit_final_dot=True)
        for name, node in zone.nodes.items()
        if node.get_rdataset(dns.rdataclass.IN, dns.rdatatype.NS) and not name.is_wild() and name != zone.origin
    }
    ours, figures = read(place, text.replace("\n", "\r\n") if has_returns else text, "com", step=step)
    assert figures.unread_lines == ()
    assert set(ours) == theirs


def packed(*parts: bytes) -> bytes:
    return b"".join(gzip.compress(part, mtime=0) for part in parts)


LINES = SOA + "".join(f"name{n}.com. NS x.\n" for n in range(3000))


@pytest.mark.parametrize("step", [7, 1000, 4 << 20])
def test_gzip_members_are_one_file(place, step):
    whole, parts = LINES.encode(), [LINES[:100].encode(), b"", LINES[100:].encode()]
    assert read(place, packed(*parts) + bytes(300_000), step=step) == read(place, whole)
    assert read(place, packed(parts[0]) + bytes(512) + packed(parts[2]), step=step) == read(place, whole)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed(LINES.encode())[:-1], "cut off"),
        (packed(LINES.encode())[: len(packed(LINES.encode())) // 2], "cut off"),
        (packed(LINES.encode())[:-8] + b"checksum", "broken"),
        (packed(LINES.encode()) + b"oops", "cut off"),
        (packed(SOA.encode() + bytes(8 << 20)), "this is no zone"),
        (b"<html>\n<p>Please log in</p>\n</html>", "no zone file"),
        (b"", "no zone file"),
    ],
)
def test_what_is_no_zone_is_refused(place, content, reason):
    with pytest.raises(UnreadableError, match=reason):
        read(place, content)


def test_a_zone_may_be_only_so_large(place):
    for content in (LINES.encode(), packed(LINES.encode())):
        with pytest.raises(UnreadableError, match="more than 10,000"):
            read(place, content, largest=10_000)
    place.unlink()
    with pytest.raises(UnreadableError, match="can't be read"):
        read_delegations(place, print)


def test_nothing_is_left_of_a_file_that_was_refused(tmp_path):
    (tmp_path / "zone").write_bytes(packed(LINES.encode())[:-1])
    with pytest.raises(UnreadableError):
        write_delegations(tmp_path / "zone", tmp_path / "out" / "zone.parquet")
    assert list((tmp_path / "out").iterdir()) == []


NAMES = st.lists(st.sampled_from([f"{a}{b}" for a in "abcdef" for b in ("", "x", "-y", ".z")]), max_size=40)


@settings(max_examples=15)
@given(NAMES, NAMES)
def test_changes_are_those_of_sets_whatever_the_order(place, older, newer):
    paths = []
    for day, names in (("older", older), ("newer", newer)):
        place.write_text(SOA + "".join(f"{name}.com. NS x.\n" for name in names))
        paths.append(place.with_name(f"{day}.parquet"))
        figures = write_delegations(place, paths[-1])
        assert pq.read_table(paths[-1]).schema.names == ["fqdn"]
        assert figures.delegations == pq.read_metadata(paths[-1]).num_rows
    with scratch(Settings(data=place.parent)) as con:
        found = zone_changes(con, *paths).fetchall()
    assert sorted(found) == sorted(
        [(f"{name}.com", "registered") for name in set(newer) - set(older)]
        + [(f"{name}.com", "dropped") for name in set(older) - set(newer)]
    )


def by_octets(name):
    return name.encode()


def by_labels(name):
    """Canonical order (RFC 4034, 6.1) of names that have as many labels."""
    return name.encode().split(b".")


def listed(path, names):
    pq.write_table(pa.table({"fqdn": pa.array(names, pa.string())}), path)
    return path


@settings(max_examples=30)
@given(
    st.sets(st.text("ab-.9", min_size=1, max_size=4)),
    st.sets(st.text("ab-.9", min_size=1, max_size=4)),
    st.sampled_from([by_octets, lambda name: name.encode().replace(b".", b"\0")]),
    st.integers(1, 5),
)
def test_lists_in_the_same_order_are_gone_through_side_by_side(place, older, newer, order, rows):
    files = [
        listed(place.with_name(name), sorted((f"{each}.com" for each in names), key=order))
        for name, names in (("older", older), ("newer", newer))
    ]
    told = changes_side_by_side(*files, rows=rows)
    with scratch(Settings(data=place.parent)) as con:
        assert sorted(told.to_pydict()["fqdn"]) == sorted(f"{name}.com" for name in older ^ newer)
        assert sorted(changes_by_join(con, *files).fetchall()) == sorted(zip(*told.to_pydict().values(), strict=True))


@pytest.mark.parametrize(
    "names",
    [
        ["a.com", "c.com", "b.com"],
        ["a.com", "a.com"],
        ["a-b.com", "a.com", "b.com", "b-c.com"],
        ["b.com", "x.com", "a.com"],
    ],
)
@pytest.mark.parametrize("rows", [1, 2, 9])
def test_a_list_that_is_not_sorted_is_found_out_wherever_it_is_cut(tmp_path, names, rows):
    sorted_names = listed(tmp_path / "sorted", sorted({"a.com", "z.com"}))
    other = listed(tmp_path / "other", names)
    assert changes_side_by_side(sorted_names, other, rows=rows) is None
    assert changes_side_by_side(other, listed(tmp_path / "none", []), rows=rows) is None


def test_zones_are_sorted_as_the_standard_says(tmp_path):
    names = sorted(["a.com", "a-b.com", "a0.com", "b.com"], key=by_labels)
    assert names == ["a.com", "a-b.com", "a0.com", "b.com"]
    older, newer = listed(tmp_path / "older", names[1:]), listed(tmp_path / "newer", names[:-1])
    told = changes_side_by_side(older, newer).to_pylist()
    assert told == [{"fqdn": "a.com", "kind": "registered"}, {"fqdn": "b.com", "kind": "dropped"}]
